#!/usr/bin/env python3
"""mptcp,plot in a browser: the page of every capture in captures/ loads without an error or a request, draws every
point, and does what keys, mouse and legend ask for.

Skipped (77) without chromium and chromedriver. MPT_BUILD names the build folder (default: build/).

SPDX-License-Identifier: GPL-2.0-or-later
"""
import glob
import os
import sys
import tempfile
import time

from test_plot import EVIL, evil_capture, has_html, tshark
from compare_captures import TESTS, TOP

sys.path.insert(0, os.path.join(TESTS, 'support'))
from webdriver import Browser  # noqa: E402

problems = []


def check(name, what, ok):
    if not ok:
        problems.append('%s: %s' % (name, what))


DRAWN = '''mptcpscope.drawAll();
return mptcpscope.all.map(s => ({ type: s.graph.type, kept: s.graph.kept, series: s.chosen.length,
    drawn: s.rows.reduce((n, r) => n + r.slice(1).filter(v => v !== null).length, 0),
    lines: s.g.numColumns() - 1, rows: s.g.numRows() === s.rows.length,
    ink: [...s.chart.querySelectorAll('canvas')].some(c =>
        c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v)) }));'''


def fits(browser):
    """The page is not wider than its window, once the graphs have followed the window's size."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if browser.run('return document.documentElement.scrollWidth <= innerWidth'):
            return True
        time.sleep(0.1)
    return False


def check_drawing(name, browser):
    graphs = browser.run(DRAWN)
    check(name, 'no graph', graphs)
    for g in graphs:
        check(name, '%s: %s' % (g['type'], g), g['drawn'] == g['kept'] and g['lines'] == g['series'] and g['rows'])
        check(name, '%s is empty' % g['type'], g['ink'])
    check(name, 'wider than the window', fits(browser))


def ranges(browser):
    return browser.run('return mptcpscope.all.map(s => s.g.xAxisRange())')


def width(found):
    return found[1] - found[0]


def chart(browser, k=0):
    return browser.run('''const c = mptcpscope.all[arguments[0]].chart; c.scrollIntoView({ block: 'center' });
        const r = c.getBoundingClientRect(); return [r.x, r.y, r.width, r.height];''', k)


def check_zoom(name, browser):
    """a drag zooms every graph, a double click goes back"""
    before = ranges(browser)
    x, y, w, h = chart(browser)
    browser.mouse('mouseMoved', x + w * 0.4, y + h * 0.4)
    browser.mouse('mousePressed', x + w * 0.4, y + h * 0.4, button='left', clickCount=1)
    for part in (0.5, 0.55, 0.6):
        browser.mouse('mouseMoved', x + w * part, y + h * 0.4, button='left', buttons=1)
    browser.mouse('mouseReleased', x + w * 0.6, y + h * 0.4, button='left', clickCount=1)
    for a, b in zip(before, wait_ranges(browser, before)):
        check(name, 'drag: %r became %r' % (a, b), 0.1 < width(b) / width(a) < 0.4)
    check(name, 'axes differ', len({tuple(r) for r in ranges(browser)}) == 1)
    press(browser, 'Home')
    check(name, 'Home does not reset', ranges(browser) == before)


def wait_ranges(browser, before):
    for _ in range(50):
        now = ranges(browser)
        if now != before:
            break
    return now


def press(browser, key, k=0):
    browser.run('''const c = mptcpscope.all[arguments[1]].chart; c.focus();
        c.dispatchEvent(new KeyboardEvent('keydown', { key: arguments[0], bubbles: true }));''', key, k)


def check_keys(name, browser):
    before = ranges(browser)[0]
    press(browser, '+')
    zoomed = ranges(browser)
    check(name, 'key +', all(abs(width(r) - width(before) / 2) < 1e-9 for r in zoomed))
    press(browser, 'ArrowRight')
    check(name, 'arrow', all(a[0] > b[0] for a, b in zip(ranges(browser), zoomed)))
    press(browser, '0')
    check(name, 'key 0', ranges(browser)[0] == before)
    press(browser, '.')
    read = browser.run('return mptcpscope.all[0].readout.textContent')
    check(name, 'key . reads %r' % read, 'frame ' in read)


def check_hover(name, browser):
    """over the point of the first graph that is the farthest from others: its frame and its value"""
    x, y = chart(browser)[:2]
    at = browser.run('''const s = mptcpscope.all[0], x = s.rows.map(r => s.g.toDomXCoord(r[0]));
        const alone = s.at.map((w, i) => w[0] === undefined ? -1 :
            Math.min(i ? x[i] - x[i - 1] : 99, i + 1 < x.length ? x[i + 1] - x[i] : 99));
        const row = alone.indexOf(Math.max(...alone));
        s.readout.textContent = '';
        return [s.g.toDomXCoord(s.rows[row][0]), s.g.toDomYCoord(s.rows[row][1]), s.chosen[0].f[s.at[row][0]],
                s.chosen[0].v[s.at[row][0]].toLocaleString('en')];''')
    browser.mouse('mouseMoved', x + at[0] + 30, y + at[1] - 5)
    browser.mouse('mouseMoved', x + at[0], y + at[1])
    read = browser.run('return mptcpscope.all[0].readout.textContent')
    check(name, 'hover reads %r, not frame %d, value %s' % (read, at[2], at[3]),
          'frame %d' % at[2] in read and at[3] in read)


def check_legend(name, browser):
    seen = browser.run('''const s = mptcpscope.all[0], box = s.legend.querySelector('input');
        const before = s.g.visibility()[0]; box.click(); const off = s.g.visibility()[0]; box.click();
        return [before, off, s.g.visibility()[0]];''')
    check(name, 'legend: %r' % seen, seen == [True, False, True])


def check_stacked(name, browser):
    seen = browser.run('''const s = mptcpscope.all.find(s => s.graph.type === 'throughput');
        const box = s.chart.parentNode.querySelector('.stack input');
        if (!box) return true;
        box.click();
        const ok = s.g.getOption('stackedGraph') && s.rows.every(r => r.every(v => v !== null));
        box.click();
        return ok;''')
    check(name, 'stacked', seen)


def check_schemes(name, browser):
    paper = []
    for scheme in ('light', 'dark'):
        browser.scheme(scheme)
        for columns in (1280, 400):
            browser.size(columns, 900)
            paper.append(browser.run('return getComputedStyle(document.body).backgroundColor'))
            check(name, 'wider than %d pixels' % columns, fits(browser))
    check(name, 'light and dark are alike: %r' % paper, paper[0] != paper[2] and paper[2] == paper[3])
    browser.scheme('light')
    browser.size(1280, 900)


def check_page(name, browser, page):
    browser.size(1280, 900)
    browser.open(page)
    requests = browser.requests()
    check(name, 'requests: %r' % requests, len(requests) == 1)
    check_drawing(name, browser)
    check_schemes(name, browser)
    for part in (check_zoom, check_keys, check_hover, check_legend, check_stacked):
        part(name, browser)
    errors = browser.errors()
    check(name, 'errors: %r' % errors, not errors)
    check(name, 'the title has changed', browser.run('return document.title').startswith('Connection '))


def main():
    browser = Browser()
    with tempfile.TemporaryDirectory(dir='/tmp') as folder:
        os.chmod(folder, 0o777)
        if not browser.available() or not has_html(folder):
            print('chromium, chromedriver or dygraphs is not installed')
            return 77
        captures = sorted(glob.glob(os.path.join(TOP, 'captures', '*', '*.pcapng')))
        evil = os.path.join(folder, '<script>.pcapng')
        evil_capture(captures[0], evil)
        check('markup', 'the capture has none', EVIL.encode() in open(evil, 'rb').read())
        with browser:
            for capture in captures + [evil]:
                name = '/'.join(capture.split(os.sep)[-2:])
                page = os.path.join(folder, 'page.html')
                run = tshark(capture, 'mptcp,plot,file=' + page)
                check(name, 'tshark: %d %s' % (run.returncode, run.stderr), run.returncode == 0)
                check_page(name, browser, page)
                os.unlink(page)
    for line in problems:
        print(line)
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())

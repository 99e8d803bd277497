"""Prints the calendars of this folder anew, from PyPI's exchange_calendars up to a year ahead.

Run by `npm run calendars` with a Python that has the package:

    python3 -m venv /tmp/calendars && /tmp/calendars/bin/pip install exchange_calendars
    PYTHON=/tmp/calendars/bin/python npm run calendars

cn-futures.json is written by hand and is left alone.
"""

import json
import sys
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

try:
    import exchange_calendars
    import pandas
except ImportError:
    sys.exit(__doc__)

FOLDER = Path(__file__).parent
TODAY = date.today()
LAST_DAY = TODAY + timedelta(days=365)
FIRST_DAY = date(1990, 1, 1)
# Days are told from 1990 on, hours only from here: the package does not know the earlier ones everywhere (in Hong Kong
# the break of 2011, in Tokyo the one before November 2011).
FIRST_DAY_WITH_HOURS = date(2015, 1, 1)

# Days that a calendar takes for sessions and that were none. HKEX cancelled both for weather:
# https://github.com/gerrymanoim/exchange_calendars/pull/603
CLOSED = {"XHKG": {date(2023, 9, 1), date(2023, 9, 8)}}

MARKETS = {
    "cn": ("CN", "XSHG", "Shanghai, Shenzhen and Beijing stock exchanges"),
    "hk": ("HK", "XHKG", "Hong Kong stock exchange"),
    "us": ("US", "XNYS", "New York stock exchange and Nasdaq"),
    "jp": ("JP", "XTKS", "Tokyo stock exchange"),
    "de": ("DE", "XETR", "Xetra, Frankfurt"),
}


def calendar_of(name):
    kind = type(exchange_calendars.get_calendar(name))
    first = max(filter(None, [pandas.Timestamp(FIRST_DAY), kind.bound_min()]))
    last = min(filter(None, [pandas.Timestamp(LAST_DAY), kind.bound_max()]))
    return kind(start=first, end=last), last.date()


def local_time(instant, day, zone):
    local = instant.tz_convert(zone)
    return ("<" if local.date() < day else "") + local.strftime("%H:%M")


def hours_of(row, day, zone):
    """09:30-12:00 13:00-16:00; < says on the day before."""
    times = [row["open"], row["break_start"], row["break_end"], row["close"]]
    times = [local_time(each, day, zone) for each in times if not pandas.isna(each)]
    return " ".join("-".join(pair) for pair in zip(times[::2], times[1::2]))


def by_year(days):
    """{"2026": "01-01 02-17"}: one line of a file for each year."""
    years = defaultdict(list)
    for each in sorted(days):
        years[str(each.year)].append(each.strftime("%m-%d"))
    return {year: " ".join(listed) for year, listed in years.items()}


def weekdays_without(sessions, first, last):
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [each for each in days if each.weekday() < 5 and each not in sessions]


def head(market, title, source, zone):
    return {
        "market": market,
        "title": title,
        "source": f"exchange_calendars {exchange_calendars.__version__}, {source}",
        "licence": "Apache-2.0, see NOTICE",
        "version": f"{exchange_calendars.__version__} of {TODAY}",
        "timezone": str(zone),
    }


def stock_market(market, name, title):
    calendar, last = calendar_of(name)
    hours = {row.name.date(): hours_of(row, row.name.date(), calendar.tz) for _, row in calendar.schedule.iterrows()}
    first = date(1990, 12, 19) if market == "CN" else min(hours)  # the Shanghai exchange opened on that day
    for day in CLOSED.get(name, set()):
        hours.pop(day, None)  # the package may know by now
    sessions = {each for each in hours if each >= first}
    if any(each.weekday() > 4 for each in sessions):
        sys.exit(f"{name} has sessions at weekends, which these files cannot tell")
    hours = {day: text for day, text in sorted(hours.items()) if day >= FIRST_DAY_WITH_HOURS}
    regular, shortened, present = {}, defaultdict(list), None
    for day, text in hours.items():
        if text == present:
            continue
        following = [other for after, other in hours.items() if after > day][:5]
        if present is None or following.count(text) == len(following) > 0:
            present = regular[str(day if regular else FIRST_DAY_WITH_HOURS)] = text
        else:
            shortened[text].append(day)
    return {
        **head(market, title, name, calendar.tz),
        "coveredFrom": str(first),
        "coveredThrough": str(last),
        "hours": regular,
        "shortened": {text: by_year(days) for text, days in shortened.items()},
        "closed": by_year(weekdays_without(sessions, first, last)),
    }


def american_futures():
    """A session is a trade date. On most holidays of New York the CME trades for some hours, for the next trade date."""
    new_york, last = calendar_of("XNYS")
    chicago, _ = calendar_of("CMES")
    first = FIRST_DAY_WITH_HOURS
    # Both calendars take days of national mourning off, on which NYMEX and COMEX traded and settled.
    mourned = {date(2018, 12, 5), date(2025, 1, 9)}
    sessions = {each.date() for each in new_york.sessions if each.date() >= first} | mourned
    halted = {each.date() for each in chicago.sessions if each.date() >= first} - sessions
    shortened = {each.date() for each in chicago.early_closes if each.date() >= first} & sessions
    ordered = sorted(sessions)
    after_halt = {next(each for each in ordered if each > day) for day in halted if day < ordered[-1]}
    return {
        **head("CME", "NYMEX, COMEX, CBOT and CME: trade dates", "XNYS and CMES", chicago.tz),
        "coveredFrom": str(first),
        "coveredThrough": str(last),
        "hours": {"2015-09-21": "<17:00-16:00"},
        "irregular": by_year(after_halt | shortened),
        "closed": by_year(weekdays_without(sessions, first, last)),
    }


def main():
    files = {name: stock_market(*market) for name, market in MARKETS.items()}
    files["cme"] = american_futures()
    for name, content in files.items():
        path = FOLDER / f"{name}.json"
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        print(f"{path.name}: {content['coveredFrom']} to {content['coveredThrough']}, {content['source']}")


main()

"""Clients walk the change feed and neither lose nor repeat a response."""

import pytest

from app.delivery.responses import read_feed
from tests.integration.delivery.conftest import Feed


def walk(feed: Feed, *, limit: int, growing: int = 0) -> list[int]:
    """Read page after page; between two pages others close further interviews."""
    after, seen = 0, []
    while True:
        page = read_feed(feed.survey.session, feed.survey.campaign.id, after=after, limit=limit)
        seen += [record["change_sequence"] for record in page.records]
        if not page.has_more:
            return seen
        after = page.next_after
        if growing > 0:
            feed.grow(1)
            growing -= 1


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_every_page_size_gives_everything_once(feed: Feed, limit: int) -> None:
    feed.grow(6)
    assert walk(feed, limit=limit) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_what_comes_in_between_two_pages_is_neither_lost_nor_repeated(feed: Feed, limit: int) -> None:
    feed.grow(7)
    seen = walk(feed, limit=limit, growing=5)
    assert seen == list(range(1, len(seen) + 1))
    assert seen[-1] == feed.newest.change_sequence


def test_the_same_place_gives_the_same_page(feed: Feed) -> None:
    feed.grow(4)
    once, again = (read_feed(feed.survey.session, feed.survey.campaign.id, after=2, limit=2) for _ in range(2))
    assert once == again


def test_at_the_end_one_waits_in_the_same_place(feed: Feed) -> None:
    page = read_feed(feed.survey.session, feed.survey.campaign.id, after=1, limit=10)
    assert (page.records, page.next_after, page.has_more) == ((), 1, False)


def test_a_changed_response_comes_again_with_a_higher_version(feed: Feed) -> None:
    feed.grow(1)
    first, second = read_feed(feed.survey.session, feed.survey.campaign.id, after=0, limit=10).records
    assert first["response_uid"] == second["response_uid"]
    assert (first["version"], second["version"]) == (1, 2)


def test_another_campaign_has_a_feed_of_its_own(feed: Feed) -> None:
    assert read_feed(feed.survey.session, feed.survey.campaign.id + 1, after=0, limit=10).records == ()

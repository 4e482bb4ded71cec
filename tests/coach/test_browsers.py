"""A phone is called by its browser and its kind, as a person would say it."""

from __future__ import annotations

import pytest

from retro_timer.coach.browsers import phone_called

GECKO = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("says", "called"),
    [
        (f"Mozilla/5.0 (Linux; Android 10; K) {GECKO} Chrome/142.0.0.0 Mobile Safari/537.36", "Chrome, Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/26.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "CriOS/142.0 Mobile/15E148 Safari/604.1",
            "Chrome, iPhone",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 10; K) {GECKO} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
            "Samsung Internet, Android",
        ),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {GECKO} Chrome/142.0 Safari/537.36 Edg/142.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/26.0 Safari/605.1.15", "Safari, Mac"),
        ("curl/8.14.1", "curl/8.14.1"),
        ("", "–"),
    ],
)
def test_a_phone_is_called_by_its_browser_and_its_kind(says: str, called: str) -> None:
    assert phone_called(says) == called

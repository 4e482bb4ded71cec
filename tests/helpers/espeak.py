"""espeak-ng's library in this process: what a phrase sounds like, and how long, without a process a phrase."""

from __future__ import annotations

import array
import ctypes
import ctypes.util
import functools
import re

_SYNCHRONOUS = 2
_RATE = 1
_UTF8 = 1
_IPA = 0x02
_LOUD = 500
"""Of 32,767: below it there is nothing to hear."""
_MARKS = re.compile(r"\([a-z-]+\)|[^\w]|[ˈˌːʲ]")
"""What espeak-ng adds to the sounds: language switches, stress, length."""
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def library_name() -> str | None:
    """Where it is; None where espeak-ng is not installed."""
    return ctypes.util.find_library("espeak-ng")


@functools.cache
def _library() -> Espeak:
    return Espeak()


class Espeak:
    """Cannot be initialised twice in a process: `speaker` gives the one there is."""

    def __init__(self) -> None:
        self._lib = ctypes.CDLL(library_name())
        self._rate_hz: int = self._lib.espeak_Initialize(_SYNCHRONOUS, 0, None, 0)
        self._samples: array.array[int] = array.array("h")
        self._callback = _Callback(self._take)
        self._lib.espeak_SetSynthCallback(self._callback)
        self._lib.espeak_TextToPhonemes.restype = ctypes.c_char_p

    def _take(self, samples: ctypes._Pointer[ctypes.c_short], count: int, _events: object) -> int:
        if count > 0:
            self._samples.frombytes(ctypes.string_at(samples, 2 * count))
        return 0

    def use(self, voice: str, rate_wpm: int) -> None:
        """Speak by this voice from now on."""
        assert self._lib.espeak_SetVoiceByName(voice.encode()) == 0, f"espeak-ng has no voice {voice}"
        self._lib.espeak_SetParameter(_RATE, rate_wpm, 0)

    def seconds(self, text: str) -> float:
        """How long the text sounds; 0 for what cannot be heard."""
        self._samples = array.array("h")
        told = text.encode() + b"\0"
        assert self._lib.espeak_Synth(told, len(told), 0, 1, 0, _UTF8, None, None) == 0
        loud = max(map(abs, self._samples), default=0) > _LOUD
        return len(self._samples) / self._rate_hz if loud else 0.0

    def sounds(self, text: str) -> str:
        """The text's sounds in IPA, without stress, length and pauses."""
        kept = ctypes.create_string_buffer(text.encode())
        place = ctypes.c_void_p(ctypes.addressof(kept))
        clauses = []
        while place.value:
            clauses.append(self._lib.espeak_TextToPhonemes(ctypes.byref(place), _UTF8, _IPA).decode())
        return _MARKS.sub("", "".join(clauses))


def speaker(voice: str, rate_wpm: int = 160) -> Espeak:
    """The library, speaking by a voice."""
    library = _library()
    library.use(voice, rate_wpm)
    return library

"""Which column of a roster holds what: headings as spreadsheets in several languages have them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import Enum, auto


class Role(Enum):
    """What a heading says of its column."""

    FIRST = auto()
    INFIX = auto()
    """What stands between: a middle name, the Dutch "van der"."""
    LAST = auto()
    WHOLE = auto()
    NAME = auto()
    """The bare word: the surname beside a first name, the first name beside a surname, else the whole."""
    PERSON = auto()
    """What the people are, "athlete" or "pupil": their names, unless another column has them."""
    GROUP = auto()
    """Which group somebody belongs to."""
    SAY = auto()
    """How the name is spoken."""
    LANE = auto()
    TARGET = auto()
    """The time that somebody is to run."""
    OTHER = auto()
    """Known, and no name."""


_FIRST = """first|first name|firstname|fname|name first|given|given name|given names|forename|forenames|christian name|
vorname|vornamen|rufname|prénom|prénoms|voornaam|voornamen|roepnaam|primer nombre|nombre de pila|primeiro nome|
nome próprio|nome di battesimo|fornavn|förnamn|imię|jméno|křestní jméno|keresztnév|etunimi"""
_INFIX = "middle|middle name|middle names|middle initial|tussenvoegsel|tussenvoegsels|segundo nombre|deuxième prénom"
_LAST = """last|last name|lastname|lname|name last|surname|surnames|family|family name|nachname|nachnamen|familienname|
zuname|nom de famille|achternaam|achternamen|familienaam|apellido|apellidos|primer apellido|segundo apellido|sobrenome|
sobrenomes|apelido|apelidos|último nome|cognome|efternavn|etternavn|efternamn|nazwisko|příjmení|vezetéknév|sukunimi"""
_WHOLE = """full name|fullname|complete name|first and last name|vollständiger name|voller name|ganzer name|
vor und nachname|nom complet|volledige naam|nombre completo|nome completo|imię i nazwisko|fullständigt namn"""
_NAME = "name|names|namen|nom|noms|naam|nombre|nombres|nome|nomes|navn|namn|nimi|név"
_PERSON = """athlete|athletes|athlet|athletin|athleten|athlète|athlètes|atleet|atleten|atleta|atletas|runner|runners|
läufer|läuferin|coureur|coureuse|loper|corredor|corredora|corridore|sprinter|starter|participant|participants|
participante|participantes|teilnehmer|teilnehmerin|deelnemer|deelnemers|competitor|sportler|sportlerin|sportif|sporter|
deportista|jogger|joggers|swimmer|swimmers|sprinters|trainee|trainees|player|players|spieler|spielerin|joueur|speler|
jugador|jogador|student|students|pupil|pupils|schüler|schülerin|élève|élèves|leerling|alumno|alumna|aluno|aluna|member|
members|mitglied|membre|lid|person|kid|kids|child|children|kind|kinder|enfant"""
_OTHER = """#|id|no|nr|num|number|nummer|numéro|número|startnummer|start number|bib|dossard|dorsal|position|pos|rank|
platz|rang|class|
klasse|classe|clase|turma|category|kategorie|catégorie|categoría|club|verein|vereniging|team|mannschaft|équipe|ploeg|
equipo|equipe|school|schule|école|escuela|escola|age|alter|âge|leeftijd|edad|idade|year|year of birth|birth year|
jahrgang|jahr|année|geboortejaar|dob|born|birthday|date of birth|geburtsdatum|geburtstag|date de naissance|
geboortedatum|fecha de nacimiento|data de nascimento|sex|gender|geschlecht|sexe|geslacht|sexo|m f|time|times|zeit|
zeiten|temps|tijd|tiempo|tempo|best|pb|pr|bestzeit|
email|e mail|phone|telefon|téléphone|note|notes|notiz|bemerkung|remarque|opmerking|comment|date|datum|
fecha|data"""
_GROUP = """group|groups|gruppe|gruppen|groep|groepen|groupe|groupes|grupo|grupos|squad|squads|trainingsgruppe|
training group|lerngruppe"""
_SAY = """say|says|spoken|pronunciation|aussprache|gesprochen|prononciation|se prononce|uitspraak|pronunciación|
pronúncia"""
_LANE = "lane|lanes|bahn|bahnen|baan|banen|couloir|couloirs|calle|calles|raia|raias"
_TARGET = """target|target s|target time|target seconds|ziel|zielzeit|ziel s|objectif|temps visé|temps cible|doel|
doeltijd|streeftijd|objetivo|tiempo objetivo|tempo alvo"""
_OTHER_UNITS = frozenset(
    (
        *("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "heure", "heures", "uur", "hora", "horas"),
        *("min", "mins", "minute", "minutes", "minuten", "minuut", "minuto", "minutos", "mn", "mm"),
        *("ms", "msec", "milliseconds", "millisekunden", "cs", "%", "percent", "prozent"),
        *("m", "metre", "metres", "meter", "km", "kmh", "kph", "mph", "mi", "yd"),
    )
)
"""What a target cannot be in; it is seconds."""
BESIDE_NAMES = frozenset((Role.GROUP, Role.SAY, Role.LANE, Role.TARGET))
"""What is used of a roster and is no name."""
NO_NAMES = BESIDE_NAMES | {Role.OTHER}
_WOMEN_TOO = re.compile(r" ?in(?:nen)?$")
"""German names both: "Sportler*in", "Teilnehmer/in", "SchülerInnen"."""
_JOINING = frozenset(("and", "und", "et", "en", "y", "e", "i", "vor", "n", "s", "of", "de", "des", "in"))
_IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_WORD = re.compile(r"[^\W\d_]+|%")
_NO_WORD = re.compile(r"[^\w#]+|_+")


def _plain(heading: str) -> str:
    """Small letters without accents, words parted by single spaces, without figures at the end: "Apellido_2"."""
    letters = unicodedata.normalize("NFKD", heading.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = _NO_WORD.sub(" ", _IN_BRACKETS.sub(" ", bare)).strip()
    return re.sub(r"\s*\d+$", "", words) or words


def _bracketed(heading: str) -> list[str]:
    """The words within brackets: a unit, mostly."""
    return [word for part in _IN_BRACKETS.findall(heading.casefold()) for word in _WORD.findall(part)]


_ROLES = {
    _plain(phrase): role
    for phrases, role in (
        (_OTHER, Role.OTHER),
        (_GROUP, Role.GROUP),
        (_SAY, Role.SAY),
        (_LANE, Role.LANE),
        (_TARGET, Role.TARGET),
        (_PERSON, Role.PERSON),
        (_NAME, Role.NAME),
        (_WHOLE, Role.WHOLE),
        (_LAST, Role.LAST),
        (_INFIX, Role.INFIX),
        (_FIRST, Role.FIRST),
    )
    for phrase in phrases.replace("\n", "").split("|")
}


def role_of(heading: str) -> Role | None:
    """What a heading says, in any case and order of words; None for a word that is no known heading.

    A heading of several known words about names ("Name, Vorname", "Athlete's name") holds whole names.
    """
    plain = _plain(heading)
    if plain in _ROLES:
        role = _ROLES[plain]
        return Role.OTHER if role is Role.TARGET and _OTHER_UNITS.intersection(_bracketed(heading)) else role
    person = _WOMEN_TOO.sub("", plain)
    if _ROLES.get(person) is Role.PERSON:
        return Role.PERSON
    words = [word for word in plain.split() if word not in _JOINING]
    roles = {_ROLES.get(word, Role.OTHER) for word in words}
    return Role.WHOLE if len(words) > 1 and not roles & NO_NAMES else None


def name_columns(roles: Sequence[Role | None]) -> tuple[int, ...]:
    """The columns that make up a name, in the order in which a name is said; none when no column has names."""
    of = {role: tuple(i for i, found in enumerate(roles) if found is role) for role in Role}
    between = of[Role.INFIX]
    if of[Role.FIRST] and of[Role.LAST]:
        return (*of[Role.FIRST], *between, *of[Role.LAST])
    if of[Role.WHOLE]:
        return of[Role.WHOLE][:1]
    if of[Role.NAME]:
        name = of[Role.NAME][:1]
        return (*of[Role.FIRST], *between, *name) if of[Role.FIRST] else (*name, *between, *of[Role.LAST])
    return of[Role.PERSON][:1] or of[Role.FIRST] or of[Role.LAST]

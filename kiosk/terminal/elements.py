"""The chemical elements: number, symbol, names and standard atomic weight.

Weights are the abridged standard atomic weights of IUPAC (Pure Appl. Chem. 94 (2022) 573); in
brackets stands the mass number of the longest-lived isotope of an element that has none.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

_TABLE = """
H hydrogen 氢 1.008|He helium 氦 4.0026|Li lithium 锂 6.94|Be beryllium 铍 9.0122|B boron 硼 10.81
C carbon 碳 12.011|N nitrogen 氮 14.007|O oxygen 氧 15.999|F fluorine 氟 18.998|Ne neon 氖 20.180
Na sodium 钠 22.990|Mg magnesium 镁 24.305|Al aluminium 铝 26.982|Si silicon 硅 28.085
P phosphorus 磷 30.974|S sulfur 硫 32.06|Cl chlorine 氯 35.45|Ar argon 氩 39.95|K potassium 钾 39.098
Ca calcium 钙 40.078|Sc scandium 钪 44.956|Ti titanium 钛 47.867|V vanadium 钒 50.942
Cr chromium 铬 51.996|Mn manganese 锰 54.938|Fe iron 铁 55.845|Co cobalt 钴 58.933|Ni nickel 镍 58.693
Cu copper 铜 63.546|Zn zinc 锌 65.38|Ga gallium 镓 69.723|Ge germanium 锗 72.630|As arsenic 砷 74.922
Se selenium 硒 78.971|Br bromine 溴 79.904|Kr krypton 氪 83.798|Rb rubidium 铷 85.468
Sr strontium 锶 87.62|Y yttrium 钇 88.906|Zr zirconium 锆 91.224|Nb niobium 铌 92.906
Mo molybdenum 钼 95.95|Tc technetium 锝 [97]|Ru ruthenium 钌 101.07|Rh rhodium 铑 102.91
Pd palladium 钯 106.42|Ag silver 银 107.87|Cd cadmium 镉 112.41|In indium 铟 114.82|Sn tin 锡 118.71
Sb antimony 锑 121.76|Te tellurium 碲 127.60|I iodine 碘 126.90|Xe xenon 氙 131.29|Cs caesium 铯 132.91
Ba barium 钡 137.33|La lanthanum 镧 138.91|Ce cerium 铈 140.12|Pr praseodymium 镨 140.91
Nd neodymium 钕 144.24|Pm promethium 钷 [145]|Sm samarium 钐 150.36|Eu europium 铕 151.96
Gd gadolinium 钆 157.25|Tb terbium 铽 158.93|Dy dysprosium 镝 162.50|Ho holmium 钬 164.93
Er erbium 铒 167.26|Tm thulium 铥 168.93|Yb ytterbium 镱 173.05|Lu lutetium 镥 174.97
Hf hafnium 铪 178.49|Ta tantalum 钽 180.95|W tungsten 钨 183.84|Re rhenium 铼 186.21|Os osmium 锇 190.23
Ir iridium 铱 192.22|Pt platinum 铂 195.08|Au gold 金 196.97|Hg mercury 汞 200.59|Tl thallium 铊 204.38
Pb lead 铅 207.2|Bi bismuth 铋 208.98|Po polonium 钋 [209]|At astatine 砹 [210]|Rn radon 氡 [222]
Fr francium 钫 [223]|Ra radium 镭 [226]|Ac actinium 锕 [227]|Th thorium 钍 232.04
Pa protactinium 镤 231.04|U uranium 铀 238.03|Np neptunium 镎 [237]|Pu plutonium 钚 [244]
Am americium 镅 [243]|Cm curium 锔 [247]|Bk berkelium 锫 [247]|Cf californium 锎 [251]
Es einsteinium 锿 [252]|Fm fermium 镄 [257]|Md mendelevium 钔 [258]|No nobelium 锘 [259]
Lr lawrencium 铹 [262]|Rf rutherfordium 𬬻 [267]|Db dubnium 𬭊 [268]|Sg seaborgium 𬭳 [269]
Bh bohrium 𬭛 [270]|Hs hassium 𬭶 [269]|Mt meitnerium 鿏 [278]|Ds darmstadtium 𫟼 [281]
Rg roentgenium 𬬭 [282]|Cn copernicium 鿔 [285]|Nh nihonium 鿭 [286]|Fl flerovium 𫓧 [289]
Mc moscovium 镆 [290]|Lv livermorium 𫟷 [293]|Ts tennessine 鿬 [294]|Og oganesson 鿫 [294]
"""
_NOBLE = (2, 10, 18, 36, 54, 86, 118)
_SERIES = ((57, 71), (89, 103))


class Element(Struct, frozen=True):
    """`names` by language; `row` and `column` are its place in the table, from 0. The lanthanides and
    actinides stand in rows 7 and 8, below."""

    number: int
    symbol: str
    names: dict[str, str]
    weight: str
    row: int
    column: int


def _place(number: int) -> tuple[int, int]:
    for at, (first, last) in enumerate(_SERIES):
        if first <= number <= last:
            return 7 + at, 2 + number - first
    period = sum(number > last for last in _NOBLE)
    start = _NOBLE[period - 1] if period else 0
    length = _NOBLE[period] - start
    column = number - start - 1
    left = 1 if period == 0 else 2 if period < 3 else 3 if period < 5 else 17
    if column >= left or (left == 17 and column >= 2):
        column += 18 - length
    return period, column


def _elements() -> tuple[Element, ...]:
    made = []
    for number, line in enumerate(_TABLE.strip().replace("\n", "|").split("|"), start=1):
        symbol, english, chinese, weight = line.split()
        row, column = _place(number)
        made.append(Element(number, symbol, {"en": english, "zh-CN": chinese}, weight, row, column))
    return tuple(made)


ELEMENTS: Final = _elements()
ROWS, COLUMNS = 9, 18

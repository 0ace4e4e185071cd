"""Places of a picture are found where the item says, at every size the picture is shown in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from kiosk.assessment.items import Spot
from kiosk.scoring.areas import within
from kiosk.ui.spots import Zoom, crowded, fitted, middle, outline, reach, spot_at

SIZE = (400, 300)
RECT = Spot("rect", "rect", (20, 30, 120, 130))
CIRCLE = Spot("circle", "circle", (260, 80, 50))
ELLIPSE = Spot("ellipse", "ellipse", (100, 220, 80, 40))
BENT = Spot("bent", "poly", (240, 180, 380, 180, 380, 280, 340, 280, 340, 220, 240, 220))
ALL = Spot("all", "default", ())

scales = st.sampled_from((100, 125, 150, 200, 300))
rooms = st.integers(100, 1200)


def edges(*spots, scale=100, room=820):
    zoom = fitted(SIZE, scale, room)
    return [outline(spot, zoom) for spot in spots], zoom


@given(st.integers(0, SIZE[0]), st.integers(0, SIZE[1]), scales, rooms)
def test_a_point_of_the_picture_comes_back_from_the_screen(x, y, scale, room):
    zoom = fitted(SIZE, scale, room)
    back = zoom.point(zoom.shown(x, y))
    assert back == (x, y)


@given(st.data(), scales, rooms)
def test_a_place_on_the_screen_comes_back_within_a_px(data, scale, room):
    zoom = fitted(SIZE, scale, room)
    at = QPointF(data.draw(st.integers(0, zoom.width)), data.draw(st.integers(0, zoom.height)))
    back = zoom.shown(*zoom.point(at))
    # Half a px of the picture is lost at most: the response has whole ones.
    assert abs(back.x() - at.x()) <= max(1.0, zoom.across / 2) + 0.01
    assert abs(back.y() - at.y()) <= max(1.0, zoom.down / 2) + 0.01


@given(st.integers(-500, 2_000), st.integers(-500, 2_000), scales, rooms)
def test_no_point_lies_outside_the_picture(x, y, scale, room):
    across, down = fitted(SIZE, scale, room).point(QPointF(x, y))
    assert 0 <= across <= SIZE[0]
    assert 0 <= down <= SIZE[1]


def test_a_picture_grows_with_the_text_and_is_never_wider_than_the_room():
    assert fitted(SIZE, 100, 820) == Zoom(SIZE, 400, 300)
    assert fitted(SIZE, 200, 820) == Zoom(SIZE, 800, 600)
    assert fitted(SIZE, 300, 820) == Zoom(SIZE, 820, 615)
    assert fitted(SIZE, 100, 200) == Zoom(SIZE, 200, 150)


@given(st.integers(0, SIZE[0]), st.integers(0, SIZE[1]), scales, rooms)
@pytest.mark.parametrize("spot", [RECT, CIRCLE, ELLIPSE, BENT, ALL], ids=lambda spot: spot.id)
def test_a_press_within_a_spot_is_what_the_station_counts_as_within(spot, x, y, scale, room):
    zoom = fitted(SIZE, scale, room)
    edge = outline(spot, zoom)
    counted = within(f"{x} {y}", spot.shape, ",".join(map(str, spot.coords)))
    near_the_edge = any(
        within(f"{x + dx} {y + dy}", spot.shape, ",".join(map(str, spot.coords))) != counted
        for dx in (-6, 0, 6)
        for dy in (-6, 0, 6)
    )
    if counted and not near_the_edge:
        assert spot_at([edge], zoom.shown(x, y)) == 0
    elif not near_the_edge:
        assert not edge.contains(zoom.shown(x, y))


def test_the_smaller_of_two_spots_that_lie_on_each_other_is_pressed():
    inner = Spot("inner", "rect", (60, 60, 100, 100))
    found, zoom = edges(ALL, RECT, inner)
    assert spot_at(found, zoom.shown(80, 80)) == 2
    assert spot_at(found, zoom.shown(30, 40)) == 1
    assert spot_at(found, zoom.shown(350, 250)) == 0


def test_a_small_spot_is_pressed_within_44_px():
    dot = Spot("dot", "circle", (200, 150, 6))
    found, zoom = edges(dot)
    assert reach(found[0]) == 16
    assert spot_at(found, zoom.shown(200 + 21, 150)) == 0
    assert spot_at(found, zoom.shown(200 + 24, 150)) is None
    assert not crowded(found)


def test_a_large_spot_is_pressed_where_it_is_and_nowhere_else():
    found, zoom = edges(RECT)
    assert spot_at(found, zoom.shown(122, 80)) is None


def test_of_two_small_spots_each_takes_its_own_half_and_the_screen_is_told():
    found, zoom = edges(Spot("one", "circle", (200, 150, 6)), Spot("two", "circle", (220, 150, 6)))
    assert spot_at(found, zoom.shown(208, 150)) == 0
    assert spot_at(found, zoom.shown(212, 150)) == 1
    assert crowded(found)


def test_spots_are_no_longer_crowded_when_the_picture_is_large():
    near = (Spot("one", "circle", (100, 150, 12)), Spot("two", "circle", (140, 150, 12)))
    assert crowded(edges(*near)[0])
    assert not crowded(edges(*near, scale=200)[0])


@pytest.mark.parametrize("spot", [RECT, CIRCLE, ELLIPSE, BENT, ALL], ids=lambda spot: spot.id)
def test_the_middle_of_a_spot_lies_in_it(spot):
    found, _ = edges(spot)
    assert found[0].contains(middle(found[0]))

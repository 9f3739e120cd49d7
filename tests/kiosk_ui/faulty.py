"""Pages that are spoiled, each with the fault that the ruler must see."""

from typing import Final

FAULTY: Final = {
    "a border that is hardly seen": (
        "idle",
        "#contrast",
        "border-color",
        "#C0D0D2",
        "neither face nor border",
    ),
    "a disc that is hardly seen": ("accepted", ".disc", "fill", "#1F6358", ".disc: "),
    "a tick on its disc": ("accepted", ".tick .stroke", "stroke", "#CDE5DA", ".tick .stroke: "),
    "a bubble": ("ask_staff", ".bubble", "fill", "#F3DDB3", ".bubble: "),
    "the person in it": ("ask_staff", ".person", "fill", "#30464E", ".person: "),
    "the reader": ("idle", ".device", "fill", "#B2C9CD", ".device: "),
    "its lens": ("idle", ".lens", "fill", "#20363E", ".lens: "),
    "the card": ("idle", ".card .face", "stroke", "#B2C9CD", ".card .face: "),
    "the shutter's edge": ("out_of_order", ".shutter", "border-bottom-color", "#A9B6B9", ".shutter: "),
    "the bar that empties": ("question that ends", "#hurry i", "background-color", "#2F7368", "#hurry i: "),
    "the chosen A": ("idle", "#size .a:first-child", "border-color", "#C0D0D2", "#size .a: "),
    "no chosen A": ("idle", "#size .a:first-child", "border-color", "transparent", "0 of the letters A"),
    "a key": ("question", "#keys button", "background-color", "#0F453F", "neither face nor border"),
    "a focus in the ground's colour": ("idle", "html", "--focus", "#D3E1E3", "its focus is 1.0 to 1"),
    "another face": ("idle", "#text", "font-family", "DejaVu Sans", "another face than Inter"),
    "a grey text": ("idle", "#text", "color", "#5A6B72", "contrast is"),
    "a small text": ("idle", "#text", "font-size", "9mm", "capital H"),
    "an outline under the words": ("idle", ".words", "translate", "40mm", "outline of rings lies under"),
    "an outline under the keys": ("question", ".tick .far", "r", "150px", "outline of echo lies under"),
    "a word under the staff's digit": ("ask_staff", "#digit", "right", "60mm", "digit: lies on"),
}

"""``eyhub package``: judge, show, take apart and build packages."""

from __future__ import annotations

from hub.commands.lazy import Lazy

package = Lazy(
    "package",
    {
        "validate": ("hub.commands.package_validate:validate", "Judge packages, layer by layer."),
        "show": ("hub.commands.package_show:show", "Show what a package is and holds."),
        "extract": ("hub.commands.package_extract:extract", "Write a package's parts into a folder."),
    },
    help="Judge, show and take apart e-Yazışma packages (.eyp, .eyps, .eypg).",
)

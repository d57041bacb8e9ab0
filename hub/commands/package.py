"""``eyhub package``: judge, show, take apart and build packages."""

from __future__ import annotations

from hub.commands.lazy import Lazy

package = Lazy(
    "package",
    {
        "validate": ("hub.commands.package_validate:validate", "Judge packages, layer by layer."),
        "show": ("hub.commands.package_show:show", "Show what a package is and holds."),
        "extract": ("hub.commands.package_extract:extract", "Write a package's parts into a folder."),
        "build": ("hub.commands.package_build:build", "Build a package from a description, or go on with one."),
        "copy": ("hub.commands.package_build:copy", "Copy a package for one receiver, without what is withheld."),
        "sign-add": ("hub.commands.package_build:sign_add", "Put a signature made elsewhere into a package."),
    },
    help="Judge, show, take apart and build e-Yazışma packages (.eyp, .eyps, .eypg).",
)

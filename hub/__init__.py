"""The e-Yazışma hub: KAYSİS contract, İYEM rules, e-Yazışma packages and their signatures."""

__version__ = "0.1.0"

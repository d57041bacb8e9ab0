"""For every decidable rule one good package with one named change that breaks it.

``also`` names the rules that the same change cannot help breaking: nearly always the schema's, sometimes a rule that
says the same of another side. Rules that need validated signatures or the registry are tested with those.
"""

from tests.package.mutations import digests, kinds, letter, structure
from tests.package.mutations.tools import MUTATIONS, Mutation

__all__ = ["MUTATIONS", "Mutation", "digests", "kinds", "letter", "structure"]

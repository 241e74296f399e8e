"""The sentences under the table: they claim what the numbers carry, and nothing else."""

import numpy as np

from minigrow.motifs.esu import Census
from minigrow.motifs.show.conclusion import conclusion
from minigrow.motifs.statistics import summarise


def example(R=40):
    """Class 65 never occurs by chance, 520 varies, 72 fills up; 66, which no random graph has either, is too rare."""
    others = [Census(3, np.array([72, 520]), np.array([80 - r % 3, 20 + r % 3])) for r in range(R)]
    return Census(3, np.array([65, 66, 72, 520]), np.array([7, 2, 61, 30])), others


def test_the_conclusion_says_what_stands_out():
    said = conclusion(summarise(*example()))
    assert "3 classes with at least 5 occurrences in the graph or in one of the 40 random graphs were judged" in said
    assert "1 too rare to judge" in said
    assert "3 classes of these stand out (familywise p <= 0.05): 2 more frequent and 1 less frequent" in said
    assert "The smallest p that 40 random graphs can give is 1/41." in said
    assert "1 class at the head of the table occurs in no random graph" in said


def test_the_conclusion_claims_nothing_that_cannot_be_claimed():
    own, others = example()
    assert "so that nothing can stand out at 0.05: draw 19 random graphs or more" in conclusion(
        summarise(own, others[:18])
    )
    assert "stand out (" in conclusion(summarise(own, others[:19]))
    assert "No class stands out" in conclusion(summarise(others[0], others[1:]))
    assert "for one class alone, q needs 79 random graphs" in conclusion(summarise(others[0], others[1:]))
    assert conclusion(summarise(own, others, least=1000)).endswith("were judged together; 4 too rare to judge.")
    found = summarise(own, others)
    at_the_level = conclusion(found._replace(q=np.where(found.family, 0.05, np.nan)))
    assert "3 classes have a false discovery rate q <= 0.05" in at_the_level
    assert "as FANMOD prints it" in conclusion(summarise(own, others, strict=True))

"""Whether the file of a cycle goes with the town that it names."""

from collections.abc import Iterator

from civic.exchange.cycle_file import CycleToApply
from civic.exchange.problems import Problem
from civic.model.community import Community


def misfits(file: CycleToApply, town: Community | None) -> Iterator[Problem]:
    """Give what does not go with `town`; None when there is no town with that slug."""
    if town is None:
        expected = "the slug of a town set up before, or of one whose file comes along"
        yield file.problem("community", expected, f"«{file.content.community}»")
        return
    districts = [district.code for district in town.districts]
    topics = [topic.code for topic in town.topics]
    for index, part in enumerate(file.content.projects):
        where = f"projects[{index}]"
        if part.district is not None and part.district not in districts:
            yield file.problem(
                f"{where}.district", f"one of {', '.join(districts)}", f"«{part.district}»"
            )
        if part.topic is not None and part.topic not in topics:
            yield file.problem(f"{where}.topic", f"one of {', '.join(topics)}", f"«{part.topic}»")

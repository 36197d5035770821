"""The results protocol as a text file that can be kept, printed and checked."""

from civic.actions.read_results import ResultsView
from civic.model.text import in_language
from civic.rules.protocols import record
from dialogs.kit.acting import Acting
from dialogs.kit.figures import money
from dialogs.kit.moments import close
from dialogs.kit.text import _
from dialogs.results.sentences import outcome, tie
from dialogs.results.summary import ballots, comparison, remainders, spending
from dialogs.voting.counting import in_full


def protocol_file(view: ResultsView, acting: Acting) -> bytes:
    """Return the protocol in the person's language as UTF-8 text.

    Its last line is what the digest covers, without a line break at the end, so that
    `tail -n 1 FILE | sha256sum` gives the digest.
    """
    return "\n".join([*_head(view, acting), "", *_projects(view, acting), *_tail(view)]).encode()


def _head(view: ResultsView, acting: Acting) -> list[str]:
    language, zone = acting.language, acting.community.zone
    closed = close(view.stage.closes_at, zone, language, year=True)
    return [
        _("Results protocol"),
        in_language(acting.community.names, language),
        in_language(view.cycle.titles, language),
        "",
        _("Voting closed {closes}.").format(closes=closed),
        ballots(view.protocol, language),
        *in_full(view.rules, acting.community, language),
        spending(view.protocol, language),
        *remainders(view, acting.community, language),
        *([compared] if (compared := comparison(view.protocol, language)) else []),
    ]


def _projects(view: ResultsView, acting: Acting) -> list[str]:
    language = acting.language
    lines: list[str] = []
    for result in view.protocol.results:
        project = view.projects[result.project_id]
        price = _("cost not published") if result.cost is None else money(result.cost, language)
        lines += [
            f"{result.rank}. {in_language(project.titles, language)} ({project.id}; {price})",
            f"   {outcome(result, view.projects, language)}",
        ]
        if equal := tie(result, view.projects, language):
            lines.append(f"   {equal}")
    return lines


def _tail(view: ResultsView) -> list[str]:
    return [
        "",
        _("Fingerprint of the rules: {hash}").format(hash=view.protocol.rules_hash),
        _("Digest of the protocol: {digest}").format(digest=view.protocol.digest),
        _("The digest is the SHA-256 of the last line of this file."),
        record(view.protocol),
    ]

"""What participation needs from the outside.

`storage` and `bot` provide it, tests bring their own.

Rules that hold for every repository: ids are integers given by the database; moments are aware UTC
datetimes; a method that looks one thing up returns None when it is not there; nothing is kept
unless the unit of work commits.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from civic.model.announcement import (
    Addressee,
    Announcement,
    AnnouncementState,
    Delivery,
    DeliveryRecord,
    NoticeKind,
    Outcome,
    Parameter,
    Progress,
)
from civic.model.audience import EVERYONE, Audience
from civic.model.ballot import Ballot
from civic.model.broadcast import BroadcastDraft, Order
from civic.model.budget import Section, SectionRow
from civic.model.comment import Comment, CommentDraft, CommentOrder
from civic.model.community import Community
from civic.model.cycle import Cycle, Stage, StageAction, StageChange
from civic.model.destination import (
    Destination,
    DestinationKind,
    Posted,
    Posting,
    PostingRecord,
)
from civic.model.idea import Idea, IdeaContent, IdeaDraft, IdeaStatus
from civic.model.joining import JoinAlert, JoinCode
from civic.model.moderation import Decision, Verdict, Why
from civic.model.project import Project
from civic.model.reply import Reply
from civic.model.resident import Contact, Hours, Resident, Role, TopicChoice
from civic.model.results import ProjectResult, ResultsProtocol


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class Randomness(Protocol):
    """The only source of chance and of secrets."""

    def token(self, size: int) -> str:
        """Return an unguessable URL-safe string made from `size` random bytes."""
        ...

    def keyed_hash(self, purpose: str, *parts: str | int) -> str:
        """Return the hex HMAC-SHA256 of `parts` under the secret, distinct for each `purpose`."""
        ...


class Communities(Protocol):
    """Towns."""

    async def get(self, community_id: int) -> Community | None:
        """Return the town with that id."""
        ...

    async def by_slug(self, slug: str) -> Community | None:
        """Return the town with that slug."""
        ...

    async def first(self) -> Community | None:
        """Return the town that was set up first."""
        ...

    async def zones(self) -> Sequence[ZoneInfo]:
        """Return the time zones in which there are towns, each once."""
        ...

    async def save(self, community: Community) -> int:
        """Insert the town, or replace the one with the same slug; return its id."""
        ...


class Residents(Protocol):
    """People, their addresses and roles."""

    async def get(self, resident_id: int) -> Resident | None:
        """Return the person with that id."""
        ...

    async def expect(self, channel: str, address: str) -> None:
        """Let nobody else look for or add the person at `address` who is expected there.

        Until this unit of work ends.
        """
        ...

    async def hold(self, resident_id: int) -> None:
        """Let nobody else do anything that holds the person until this unit of work ends.

        Taken before anything is read of what the person's other chats may change meanwhile.
        """
        ...

    async def by_address(self, channel: str, address: str) -> tuple[Resident, Contact] | None:
        """Return the person who writes from `address`, and that address."""
        ...

    async def behind(self, channel: str, chat_id: int) -> tuple[Resident, Contact] | None:
        """Return the person whom aiogram knows by `chat_id` on `channel`, and that address."""
        ...

    async def add(
        self,
        community_id: int,
        language: str,
        channel: str,
        address: str,
        chat_id: int | None,
        now: datetime,
    ) -> tuple[Resident, Contact]:
        """Add a person with one address; without `chat_id` the contact's own id serves as one."""
        ...

    async def contacts(self, resident_id: int) -> Sequence[Contact]:
        """Return all addresses of the person, oldest first."""
        ...

    async def set_reachable(self, channel: str, chat_id: int, *, reachable: bool) -> None:
        """Note that an address blocked the service, or that it can be reached again."""
        ...

    async def heard_from(self, contact: Contact, now: datetime) -> None:
        """Note that the person wrote from there, so that it is reachable and news goes there."""
        ...

    async def count(self, community_id: int) -> int:
        """Return how many people of the town have ever written."""
        ...

    async def save(self, resident: Resident) -> None:
        """Store every changeable field of the person except roles."""
        ...

    async def anyone_holds(self, community_id: int, role: Role) -> bool:
        """Tell whether somebody in the town holds the role."""
        ...

    async def holders(self, community_id: int, role: Role) -> Sequence[int]:
        """Return the ids of all in the town who hold the role."""
        ...

    async def grant(self, resident_id: int, role: Role) -> None:
        """Give the role; giving it twice changes nothing."""
        ...

    async def revoke(self, resident_id: int, role: Role) -> None:
        """Take the role away; taking it twice changes nothing."""
        ...

    async def choose_topic(self, resident_id: int, topic: str, choice: TopicChoice) -> None:
        """Store what the person wants of news about the topic."""
        ...

    async def topic_choices(self, resident_id: int) -> Mapping[str, TopicChoice]:
        """Return what the person wants of each topic, the usual left out."""
        ...


class Invitations(Protocol):
    """One-time links that give a role."""

    async def add(
        self, token_hash: str, community_id: int, role: Role, expires_at: datetime
    ) -> None:
        """Keep an invitation by the hash of its token."""
        ...

    async def offered(self, token_hash: str, resident_id: int, now: datetime) -> Role | None:
        """Return what `spend` would, and use nothing up."""
        ...

    async def spend(self, token_hash: str, resident_id: int, now: datetime) -> Role | None:
        """Use the invitation up and return its role.

        None when unknown, expired or used by somebody else.

        The person who used it may use it again, so that a repeated update does no harm.
        """
        ...


class Joining(Protocol):
    """The chats of a person: codes that join another one, where news goes, and separating."""

    async def begin(self) -> None:
        """Let no copies of news be written until this unit of work ends.

        A part that is being written is waited for; so before anything else is locked.
        """
        ...

    async def hold(self, *resident_ids: int) -> None:
        """Let nobody else join these people, or write anything in their name, meanwhile.

        Until this unit of work ends. Taken after cycles are locked and before anything is written.
        """
        ...

    async def put(self, code: JoinCode) -> None:
        """Keep the code in place of the person's earlier one."""
        ...

    async def of(self, resident_id: int) -> JoinCode | None:
        """Return the person's latest code, good or not."""
        ...

    async def by_hash(self, code_hash: str) -> JoinCode | None:
        """Return the code with that hash, good or not."""
        ...

    async def remove_old(self, before: datetime) -> None:
        """Remove all codes that ended before that moment."""
        ...

    async def failed(self, resident_id: int, now: datetime, since: datetime) -> None:
        """Count a wrong code that the person wrote; one from before `since` counts no more."""
        ...

    async def failures(self, resident_id: int, since: datetime) -> tuple[int, datetime] | None:
        """Return how many wrong codes count against the person, and when the first was."""
        ...

    async def join(self, former_id: int, kept_id: int, now: datetime) -> None:
        """Give everything of one person to another and end the former; both are held.

        Ballots are handed over by `Ballots`, and of two drafts for the same one is removed before.
        """
        ...

    async def former(self, resident_id: int) -> Sequence[int]:
        """Return the ids of those who were joined to the person."""
        ...

    async def alert(
        self, told: Sequence[Contact], language: str, joined: str, now: datetime
    ) -> None:
        """Let these chats be told that one on the channel `joined` was joined to them."""
        ...

    async def alerts(self, channels: Collection[str], now: datetime) -> Sequence[JoinAlert]:
        """Return what chats on these channels are to be told now, the oldest first."""
        ...

    async def take_alert(self, alert_id: int, now: datetime, again_at: datetime) -> bool:
        """Put off to `again_at` what is to be told now; False if somebody else has done so."""
        ...

    async def alerted(self, alert_id: int) -> None:
        """Note that the chat was told, or cannot be."""
        ...

    async def choose(self, resident_id: int, contact_id: int | None) -> None:
        """Let news go to that address of the person; None: where they wrote last."""
        ...

    async def separate(self, resident_id: int, contact_id: int) -> None:
        """Remove an address; whoever writes from there again is a newcomer."""
        ...

    async def tell_on(self, resident_id: int, channel: str, now: datetime) -> None:
        """Let what waits for the person go out on that channel."""
        ...


class Cycles(Protocol):
    """Cycles, their stages, and the public log of changes."""

    async def get(self, cycle_id: int, *, lock: bool = False) -> Cycle | None:
        """Return the cycle; with `lock` nobody else can change it until this unit of work ends."""
        ...

    async def rely_on(self, cycle_id: int) -> None:
        """Let nobody change the cycle, which was read in this unit of work, until it ends.

        Raises `Overtaken`, here or with the commit, when somebody has changed it since. Units of
        work that rely on the same cycle do not wait for one another.
        """
        ...

    async def by_slug(self, community_id: int, slug: str) -> Cycle | None:
        """Return the cycle of that town with that slug."""
        ...

    async def of_stage(self, stage_id: int) -> Cycle | None:
        """Return the cycle to which the stage belongs."""
        ...

    async def all(self, community_id: int) -> Sequence[Cycle]:
        """Return every cycle of the town, newest first by the opening of its first stage."""
        ...

    async def ids(self) -> Sequence[int]:
        """Return the ids of all cycles in which the clock may still have something to do.

        Those are cycles with a stage that is not closed, or with links from voters to ballots.
        """
        ...

    async def add(self, cycle: Cycle) -> Cycle:
        """Insert the cycle and its stages (ids ignored); return it with its ids."""
        ...

    async def save(self, cycle: Cycle) -> None:
        """Store titles, text, rules and rules hash of an existing cycle.

        Stages are saved one by one.
        """
        ...

    async def add_stage(self, stage: Stage) -> Stage:
        """Insert a stage (id ignored); return it with its id."""
        ...

    async def save_stage(self, stage: Stage) -> None:
        """Store dates, state and texts of an existing stage."""
        ...

    async def source(self, cycle_id: int) -> str | None:
        """Return the canonical JSON of the file that was last applied to the cycle."""
        ...

    async def save_source(self, cycle_id: int, source: str) -> None:
        """Keep the canonical JSON of the file that was applied."""
        ...

    async def log(
        self,
        stage_id: int,
        action: StageAction,
        at: datetime,
        *,
        by: int | None,
        reason: str,
        before: datetime | None,
        after: datetime | None,
    ) -> None:
        """Append to the public log.

        `by` (resident id) is kept for the operator and never shown.
        """
        ...

    async def changes(self, cycle_id: int) -> Sequence[StageChange]:
        """Return the public log of all stages of the cycle, newest first."""
        ...


class Engagements(Protocol):
    """Who began and who finished what a stage asks for; without times or choices."""

    async def begin(self, stage_id: int, resident_id: int) -> None:
        """Note that the person began; does nothing if noted already."""
        ...

    async def finish(self, stage_id: int, resident_id: int) -> None:
        """Note that the person finished (and so began)."""
        ...

    async def unfinish(self, stage_id: int, resident_id: int) -> None:
        """Note that what was finished is taken back (an emptied ballot)."""
        ...

    async def forget(self, stage_id: int, resident_id: int) -> None:
        """Note that nothing is left of what the person began or finished."""
        ...

    async def of_resident(
        self, resident_id: int, stage_ids: Collection[int]
    ) -> Mapping[int, bool]:
        """Return, for those of the stages in which the person began, whether they finished."""
        ...

    async def finished(self, stage_id: int, resident_ids: Collection[int]) -> Collection[int]:
        """Return those of the people who finished what the stage asks for."""
        ...

    async def participants(self, cycle_id: int) -> int:
        """Return how many people finished something in the cycle."""
        ...


class Ideas(Protocol):
    """Drafts, submitted ideas and their support."""

    async def draft(self, draft_id: int) -> IdeaDraft | None:
        """Return the draft."""
        ...

    async def draft_of(
        self, resident_id: int, cycle_id: int, idea_id: int | None
    ) -> IdeaDraft | None:
        """Return the person's draft of a new idea (`idea_id` None) or of changes to that idea."""
        ...

    async def drafts_of(self, resident_id: int) -> Sequence[IdeaDraft]:
        """Return all drafts of the person, newest first."""
        ...

    async def add_draft(
        self,
        resident_id: int,
        cycle_id: int,
        idea_id: int | None,
        content: IdeaContent,
        now: datetime,
    ) -> IdeaDraft:
        """Insert a draft, or return the one that exists already.

        Nobody else writes it meanwhile.
        """
        ...

    async def save_draft(self, draft: IdeaDraft) -> None:
        """Store the content of the draft."""
        ...

    async def remove_draft(self, draft_id: int) -> None:
        """Remove the draft."""
        ...

    async def get(self, idea_id: int) -> Idea | None:
        """Return the submitted idea."""
        ...

    async def by_draft(self, draft_id: int) -> Idea | None:
        """Return the idea that was submitted from that draft."""
        ...

    async def submit(self, draft: IdeaDraft, now: datetime) -> Idea:
        """Insert an idea from the draft.

        The draft's id is kept with it so that a repeat finds it.
        """
        ...

    async def save_content(self, idea_id: int, content: IdeaContent) -> None:
        """Store changed content."""
        ...

    async def set_status(self, idea_id: int, status: IdeaStatus) -> None:
        """Store the status."""
        ...

    async def of_author(self, resident_id: int) -> Sequence[Idea]:
        """Return all ideas of the person, newest first."""
        ...

    async def in_cycle(
        self, cycle_id: int, *, topic: str | None = None, district: str | None = None
    ) -> Sequence[Idea]:
        """Return the ideas of the cycle that were not withdrawn, by number."""
        ...

    async def count(self, cycle_id: int) -> int:
        """Return how many ideas of the cycle were not withdrawn."""
        ...

    async def support(self, idea_id: int, resident_id: int, *, on: bool) -> None:
        """Set or take back the person's support; repeating changes nothing."""
        ...

    async def supported_by(self, resident_id: int, cycle_id: int) -> frozenset[int]:
        """Return ids of the ideas that the person supports."""
        ...


class Projects(Protocol):
    """What is on the ballot."""

    async def get(self, project_id: int) -> Project | None:
        """Return the project."""
        ...

    async def in_cycle(self, cycle_id: int) -> Sequence[Project]:
        """Return all projects of the cycle by position."""
        ...

    async def save(self, project: Project) -> int:
        """Insert the project, or replace the one with the same cycle and code; return its id."""
        ...

    async def remove(self, project_id: int) -> None:
        """Remove a project that is on no ballot."""
        ...


class Sections(Protocol):
    """Lines of draft budgets."""

    async def replace(self, cycle_id: int, rows: Sequence[SectionRow]) -> int:
        """Bring the cycle's lines to `rows`, keeping the ids of codes that stay.

        Return their number.
        """
        ...

    async def get(self, section_id: int) -> Section | None:
        """Return the line."""
        ...

    async def children(self, cycle_id: int, parent_id: int | None) -> Sequence[Section]:
        """Return the lines directly under a line (None: the groups), largest first."""
        ...

    async def ancestors(self, section_id: int) -> Sequence[Section]:
        """Return the lines above, from the group down to the parent."""
        ...

    async def all(self, cycle_id: int) -> Sequence[Section]:
        """Return every line of the cycle in file order."""
        ...

    async def totals(self, cycle_id: int) -> tuple[int, int, int]:
        """Return the sums of the groups for the three years."""
        ...


class Comments(Protocol):
    """Remarks, their drafts, support and reports."""

    async def draft(self, draft_id: int) -> CommentDraft | None:
        """Return the draft."""
        ...

    async def draft_of(self, resident_id: int, cycle_id: int) -> CommentDraft | None:
        """Return the person's unfinished remark."""
        ...

    async def add_draft(
        self, resident_id: int, cycle_id: int, section_id: int | None, comment_id: int | None
    ) -> CommentDraft:
        """Insert a draft, replacing the person's earlier unfinished one in this cycle."""
        ...

    async def save_draft(self, draft: CommentDraft) -> None:
        """Store kind and text of the draft."""
        ...

    async def remove_draft(self, draft_id: int) -> None:
        """Remove the draft."""
        ...

    async def get(self, comment_id: int, *, lock: bool = False) -> Comment | None:
        """Return the published remark; None also when it was deleted.

        With `lock` nobody else can change it or decide on it until this unit of work ends.
        """
        ...

    async def by_draft(self, draft_id: int) -> Comment | None:
        """Return the remark that was published from that draft, unless deleted."""
        ...

    async def publish(self, draft: CommentDraft, now: datetime) -> Comment:
        """Insert a remark from the draft.

        The draft's id is kept with it so that a repeat finds it.
        """
        ...

    async def edit(self, draft: CommentDraft, now: datetime) -> None:
        """Store changed words from the draft; its id is kept as in `publish`."""
        ...

    async def delete(self, comment_id: int) -> None:
        """Remove the words; the number stays used."""
        ...

    async def on_section(
        self,
        cycle_id: int,
        section_id: int | None,
        order: CommentOrder,
        *,
        offset: int,
        limit: int,
    ) -> Sequence[Comment]:
        """Return a page of the remarks on a line (None: on the whole)."""
        ...

    async def count_on_section(self, cycle_id: int, section_id: int | None) -> int:
        """Return how many remarks there are on a line (None: on the whole)."""
        ...

    async def count(self, cycle_id: int) -> int:
        """Return how many remarks the consultation has."""
        ...

    async def of_author(self, resident_id: int) -> Sequence[Comment]:
        """Return all remarks of the person, newest first."""
        ...

    async def support(self, comment_id: int, resident_id: int, *, on: bool) -> None:
        """Set or take back the person's support; repeating changes nothing."""
        ...

    async def is_supported(self, comment_id: int, resident_id: int) -> bool:
        """Tell whether the person supports the remark."""
        ...

    async def report(self, comment_id: int, resident_id: int, now: datetime) -> None:
        """Keep the person's complaint for the moderators; repeating changes nothing."""
        ...

    async def reported(self, community_id: int) -> Sequence[tuple[Comment, int]]:
        """Return the remarks of the town with complaints to be decided on, and how many each has.

        The one that has waited longest comes first.
        """
        ...

    async def complaints(self, comment_id: int) -> int:
        """Return how many complaints about the remark are to be decided on."""
        ...

    async def decide(
        self, comment_id: int, verdict: Verdict, why: Why | None, by: int, now: datetime
    ) -> int:
        """Hide or show the remark, settle its complaints, log it; return the id of the entry.

        `by` (resident id) is kept for the operator and never shown.
        """
        ...

    async def decisions(self, cycle_id: int) -> Sequence[Decision]:
        """Return the public log of moderation of the cycle, newest first."""
        ...


class Ballots(Protocol):
    """Participation, ballots, and the link between them while a vote can be changed."""

    async def find(self, stage_id: int, voter_key: str) -> Ballot | None:
        """Return the voter's ballot; None when there is none or the link was destroyed."""
        ...

    async def put(
        self, stage_id: int, voter_key: str, before: Ballot | None, ballot: Ballot
    ) -> None:
        """Store the ballot as it stands, in place of what `find` returned in this unit of work.

        A ballot without choices is removed together with the note of participation. Raises
        `Overtaken`, here or with the commit, when somebody has changed the ballot since, as from
        another device.
        """
        ...

    async def hand_over(self, stage_id: int, voter_key: str, to: str) -> None:
        """Let a voter's ballot, as it stands, be that of another key, which has none."""
        ...

    async def has_taken_part(self, stage_id: int, voter_key: str) -> bool:
        """Tell whether the voter has a ballot in the vote."""
        ...

    async def all(self, stage_id: int) -> Sequence[Ballot]:
        """Return every ballot of the vote ordered by number."""
        ...

    async def count(self, stage_id: int) -> int:
        """Return how many ballots are in."""
        ...

    async def has_links(self, stage_id: int) -> bool:
        """Tell whether links between voter keys and ballots of the vote still exist."""
        ...

    async def destroy_links(self, stage_id: int) -> None:
        """Destroy for good the links between voter keys and ballots."""
        ...


class Protocols(Protocol):
    """Results protocols."""

    async def get(self, cycle_id: int) -> ResultsProtocol | None:
        """Return the stored protocol of the cycle."""
        ...

    async def of_community(self, community_id: int) -> Sequence[ResultsProtocol]:
        """Return the stored protocols of all cycles of the town."""
        ...

    async def add(self, protocol: ResultsProtocol) -> None:
        """Store the protocol.

        Storing the same digest again changes nothing, another one is an error.
        """
        ...

    async def result_of(self, project_id: int) -> ProjectResult | None:
        """Return what the count decided about a project."""
        ...


class Announcements(Protocol):
    """What is told: planning, watching and steering it."""

    async def plan(  # noqa: PLR0913 - an announcement is frozen with all that it needs
        self,
        key: str,
        community_id: int,
        cycle_id: int | None,
        stage_id: int | None,
        kind: NoticeKind,
        parameters: Mapping[str, Parameter],
        now: datetime,
        *,
        audience: Audience = EVERYONE,
        public: bool = False,
        send_from: datetime | None = None,
        send_until: datetime | None = None,
        by: int | None = None,
    ) -> int | None:
        """Add an announcement and return its id; `fill` writes its deliveries afterwards.

        None when one with the same `key` exists already. A `public` one gets the town's next
        number.
        """
        ...

    async def is_planned(self, key: str) -> bool:
        """Tell whether an announcement with that key exists."""
        ...

    async def by_key(self, key: str) -> Announcement | None:
        """Return the announcement with that key."""
        ...

    async def reach(
        self, community_id: int, audience: Audience, cycle_id: int | None = None
    ) -> Mapping[tuple[str, Hours], int]:
        """Return on each channel how many people with the same hours would be told there.

        Chosen by the same query as `fill` uses. `cycle_id` is what the announcement is about.
        """
        ...

    async def fill(self, limit: int, now: datetime, channels: Collection[str]) -> int | None:
        """Write up to `limit` deliveries of one announcement whose sending may begin.

        Return how many; None when nothing is left to plan. Each person gets one on the channel
        that they prefer, those among `channels` first. Called again after a crash it goes on
        where it was. When all are written, those of its groups and channels with the last, the
        announcement is running. Also None while another process writes a part; meanwhile copies
        that are there can be claimed.
        """
        ...

    async def catch_up(self, resident_id: int, former_id: int, now: datetime) -> None:
        """Write what somebody would have got as the one who they turned out to be.

        That is of announcements whose copies are being written, where the turn of `resident_id`
        is over and that of `former_id` had not come yet.
        """
        ...

    async def clear(self, limit: int) -> int | None:
        """Remove up to `limit` copies of what was taken back; return how many.

        None when nothing is left of it, or while another process does so.
        """
        ...

    async def get(self, announcement_id: int, *, lock: bool = False) -> Announcement | None:
        """Return the announcement.

        With `lock` nobody else can change it, or begin to send it, until this unit of work ends.
        """
        ...

    async def replan(
        self,
        announcement_id: int,
        key: str,
        parameters: Mapping[str, Parameter],
        audience: Audience,
        send_from: datetime,
    ) -> None:
        """Store the new wording of an announcement of which no delivery is written.

        It waits for its moment again.
        """
        ...

    async def call_back(self, announcement_id: int) -> None:
        """Make all copies void of an announcement that is locked and has not begun to be sent.

        From then on none counts or is claimed. `clear` removes them before `fill` writes new ones.
        """
        ...

    async def approve(self, announcement_id: int, by: int | None, at: datetime | None) -> None:
        """Store who approved it and when; None and None when its approval no longer holds."""
        ...

    async def by_number(self, community_id: int, number: int) -> Announcement | None:
        """Return what the town knows by that number."""
        ...

    async def corrections(
        self, community_id: int, number: int, *, waiting: bool = False
    ) -> Sequence[int]:
        """Return the numbers of what is out to correct that announcement, oldest first.

        With `waiting` also of what is still to go out.
        """
        ...

    async def published(
        self, community_id: int, *, offset: int, limit: int, waiting: bool = False
    ) -> Sequence[Announcement]:
        """Return a page of the town's numbered announcements, newest first.

        Those that are not out yet come only with `waiting`.
        """
        ...

    async def latest_of(self, stage_id: int, kind: NoticeKind) -> int | None:
        """Return the id of the latest announcement of that kind about a stage."""
        ...

    async def latest(self, limit: int) -> Sequence[Announcement]:
        """Return the latest announcements of all towns, newest first."""
        ...

    async def steer(self, announcement_id: int, state: AnnouncementState, now: datetime) -> None:
        """Store the state."""
        ...

    async def retry_failed(self, announcement_id: int, now: datetime) -> int:
        """Make what failed pending again, with all attempts before it; return how many."""
        ...

    async def progress(self, announcement_id: int, now: datetime) -> Progress:
        """Return how far the sending has come."""
        ...

    async def left(self, announcement_id: int) -> Mapping[tuple[str, Hours], int]:
        """Return how many copies are not sent yet on each channel, to people with these hours."""
        ...

    async def of_resident(self, resident_id: int, limit: int) -> Sequence[Announcement]:
        """Return the latest announcements addressed to the person, newest first."""
        ...

    async def records_of(self, resident_id: int, limit: int) -> Sequence[DeliveryRecord]:
        """Return what happened to the person's latest copies, newest first."""
        ...


class Broadcasts(Protocol):
    """Announcements that organisers are writing."""

    async def draft(self, draft_id: int, *, lock: bool = False) -> BroadcastDraft | None:
        """Return the draft; with `lock` nobody else can change it until this unit of work ends."""
        ...

    async def drafts_of(self, organiser_id: int) -> Sequence[BroadcastDraft]:
        """Return all drafts of the person, the one written last first."""
        ...

    async def waiting(self, community_id: int) -> Sequence[BroadcastDraft]:
        """Return what organisers of the town have handed in, the longest first."""
        ...

    async def add_draft(
        self,
        organiser_id: int,
        key: str,
        order: Order,
        now: datetime,
        *,
        revises: int | None = None,
    ) -> BroadcastDraft:
        """Insert a draft, or return the person's that has that key already.

        Nobody else writes it meanwhile.
        """
        ...

    async def save_draft(self, draft: BroadcastDraft) -> None:
        """Store everything of the draft that can change."""
        ...

    async def remove_draft(self, draft_id: int) -> None:
        """Remove the draft."""
        ...


class Deliveries(Protocol):
    """Copies on their way: claimed by a sender, settled, and taken over from the dead."""

    async def beat(self, worker: str, now: datetime, dead_since: datetime) -> tuple[int, int]:
        """Note that the sender is alive.

        Who did not beat after `dead_since` is dead: what they were sending becomes pending again
        and doubtful. Return how many senders are alive, this one included, and how many copies
        were taken over.
        """
        ...

    async def leave(self, worker: str) -> None:
        """Note that the sender has ended; it must not have anything in flight."""
        ...

    async def claim(
        self,
        worker: str,
        channel: str,
        limit: int,
        now: datetime,
        ripe: datetime,
        strangers_a_day: int | None = None,
        rest: timedelta = timedelta(),
    ) -> Sequence[Delivery]:
        """Mark what goes into up to `limit` messages on the channel as being sent by `worker`.

        Each delivery goes to one caller only, and with it everything else that is due to the
        person and may be told in one message (`civic.rules.digests`). What fell due after `ripe`
        only comes along with what fell due before. Nobody is told outside the hours they have now.
        Announcements with fewer recipients come first, so that none
        waits long behind a large one; those paused or stopped do not come at all.

        Of people who have not written lately only so many come within a day as `strangers_a_day`
        permits to all senders together; the copies of the others are put off.

        Nobody comes to whom something is being sent, or was sent by any sender less than `rest`
        ago; without a `rest` that does not matter.
        """
        ...

    async def addressees(self, resident_ids: Collection[int]) -> Mapping[int, Addressee]:
        """Return what has to be known of these people to tell them something."""
        ...

    async def unwanted(
        self, announcement: Announcement, resident_ids: Collection[int]
    ) -> Collection[int]:
        """Return who of these people does not want such news any more, as they choose now."""
        ...

    async def put_off(self, now: datetime, limit: int) -> int:
        """Put off up to `limit` copies that are due to people whose hours are over.

        Return how many. They are due when the hours begin again, and nobody looks at them before.
        """
        ...

    async def hours_changed(self, resident_id: int, begins: datetime) -> None:
        """Let what waits for a person's hours be due at `begins`."""
        ...

    async def serve(self, channels: Collection[str], now: datetime) -> None:
        """Note that a sender stands ready for these channels."""
        ...

    async def served(self) -> Mapping[str, datetime]:
        """Return when a sender last stood ready for each channel that is known."""
        ...

    async def give_up_unserved(self, channels: Collection[str], now: datetime) -> int:
        """Deal with what waits on those of these channels that are off; return how many copies.

        They move to another channel on which the person can be reached, or have failed. A channel
        is off that nobody has served for `civic.rules.sending.OFF_AFTER`.
        """
        ...

    async def settle(self, worker: str, outcomes: Sequence[Outcome], now: datetime) -> None:
        """Note what became of deliveries that `worker` claimed.

        Says nothing about those that were taken over from it meanwhile. Every claim counts as an
        attempt, unless it is given back untried.
        """
        ...

    async def finish(self, now: datetime) -> int:
        """Note which running announcements have nothing left to send; return how many."""
        ...

    async def pause(self, channel: str, until: datetime) -> None:
        """Note that the messenger asked everyone to wait."""
        ...

    async def paused_until(self, channel: str) -> datetime | None:
        """Return until when the messenger asked to wait, if it ever did."""
        ...

    async def waiting(self) -> Mapping[str, int]:
        """Return how many copies are pending on each channel."""
        ...


class Strangers(Protocol):
    """People who have not written lately, whom some messengers let be told only so many a day.

    See `civic.rules.strangers`.
    """

    async def settle(self, channel: str, outcomes: Sequence[Outcome], now: datetime) -> None:
        """Note whom of those that were claimed on the channel a message may have reached.

        Called after `Deliveries.settle`; nobody else counts any more.
        """
        ...

    async def counted(self, channel: str, now: datetime) -> int:
        """Return how many were told within the last day, or are being told."""
        ...

    async def queue(
        self,
        channel: str,
        now: datetime,
        community_id: int,
        audience: Audience,
        cycle_id: int | None = None,
    ) -> int:
        """Return how many would wait to be told if the audience was told besides all others."""
        ...

    async def waiting(self, channel: str, now: datetime) -> int:
        """Return how many wait to be told whatever it is."""
        ...

    async def heard_from(self, channel: str, resident_id: int, now: datetime) -> None:
        """Let nothing wait any longer that was put off because the person had not written."""
        ...


class Destinations(Protocol):
    """Groups and channels that are told news besides people."""

    async def of_community(self, community_id: int) -> Sequence[Destination]:
        """Return those of the town where the service may write, by title."""
        ...

    async def get(self, destination_id: int, *, lock: bool = False) -> Destination | None:
        """Return the destination, whether the service may still write there or not.

        With `lock` nobody else can change it until this unit of work ends.
        """
        ...

    async def at(self, channel: str, chat_id: int, *, lock: bool = False) -> Destination | None:
        """Return the destination that the messenger knows by that number; `lock` as in `get`."""
        ...

    async def add(
        self,
        community_id: int,
        channel: str,
        chat_id: int,
        kind: DestinationKind,
        title: str,
        language: str,
        now: datetime,
    ) -> Destination:
        """Insert a destination; nobody may be there by that number yet."""
        ...

    async def save(self, destination: Destination) -> None:
        """Store every field of the destination but its town and messenger."""
        ...

    async def move(self, destination: Destination, chat_id: int) -> None:
        """Note the number that the messenger has given the chat, which keeps all its copies.

        If there is a destination by that number already, this one takes its place everywhere.
        """
        ...


class Postings(Protocol):
    """The copies of groups and channels: planned with the announcement, claimed and settled."""

    async def recover(self, now: datetime) -> int:
        """Make pending again, and doubtful, what dead senders were sending; return how many."""
        ...

    async def claim(
        self, worker: str, channel: str, now: datetime, rest: timedelta
    ) -> Posting | None:
        """Mark the next due posting on the channel as being sent by `worker`.

        None in the quiet hours of a town; otherwise as `Deliveries.claim`. One at a time in each
        chat, of those that are free within `rest`, those that are free first.
        """
        ...

    async def settle(
        self, worker: str, outcomes: Sequence[Posted], now: datetime, rest: timedelta
    ) -> None:
        """Note what became of postings that `worker` claimed, unless they were taken over.

        No message goes to the chats until `rest` has passed, nor before what a messenger asked.
        """
        ...

    async def of_announcement(self, announcement_id: int) -> Sequence[PostingRecord]:
        """Return what happened to each posting of the announcement, by title."""
        ...

    async def reached(self, announcement_id: int) -> Sequence[int]:
        """Return the ids of the destinations that got the announcement, or may have."""
        ...


class Replies(Protocol):
    """What other processes sent to people beside the news in the last moments."""

    async def note(self, sender: str, sent: Sequence[Reply], forget_before: datetime) -> None:
        """Let others know what `sender` has sent; what is older than `forget_before` goes."""
        ...

    async def of_others(self, sender: str, channel: str, since: datetime) -> Mapping[int, Reply]:
        """Return by their numbers what others than `sender` have sent on the channel since."""
        ...

    async def keep_free(self, channel: str, chat_id: int, until: datetime) -> None:
        """Let no news be posted in the group before that moment."""
        ...


class Pictures(Protocol):
    """Photos, stored once by content."""

    async def add(self, content: bytes, media_type: str, now: datetime) -> int:
        """Store the picture, or find the same one; return its id."""
        ...

    async def remove_unused(self, before: datetime, limit: int) -> int:
        """Remove at most `limit` pictures last stored before that moment which nothing shows.

        Return how many.
        """
        ...

    async def get(self, picture_id: int) -> tuple[bytes, str] | None:
        """Return content and media type."""
        ...


class Documents(Protocol):
    """Documents that go with announcements, stored once by content."""

    async def add(self, content: bytes, media_type: str, now: datetime) -> int:
        """Store the document, or find the same one; return its id."""
        ...

    async def remove_unused(self, before: datetime, limit: int) -> int:
        """Remove at most `limit` documents last stored before that moment which nothing shows.

        Return how many.
        """
        ...

    async def get(self, document_id: int) -> tuple[bytes, str] | None:
        """Return content and media type."""
        ...


class Overtaken(Exception):  # noqa: N818 - nothing is wrong: somebody else was quicker
    """What a unit of work relies on has been changed by somebody else; nothing was kept."""


class UnitOfWork(Protocol):
    """One transaction over everything; rolled back unless committed."""

    communities: Communities
    residents: Residents
    invitations: Invitations
    joining: Joining
    cycles: Cycles
    engagements: Engagements
    ideas: Ideas
    projects: Projects
    sections: Sections
    comments: Comments
    ballots: Ballots
    protocols: Protocols
    announcements: Announcements
    broadcasts: Broadcasts
    deliveries: Deliveries
    strangers: Strangers
    destinations: Destinations
    postings: Postings
    replies: Replies
    pictures: Pictures
    documents: Documents

    async def commit(self) -> None:
        """Keep what was done; the last thing an action does. May raise `Overtaken`."""
        ...


class Work(Protocol):
    """Opens units of work."""

    def read(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open a unit of work that only reads."""
        ...

    def write(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open a unit of work that may commit; on SQLite it holds the only writer's place."""
        ...

    def attempt(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open a unit of work that locks nothing while it decides.

        It cannot read what it has written itself. What it writes is kept with its commit, all of
        it, if what it relies on is still as it was read; otherwise the commit raises `Overtaken`,
        nothing is kept, and the action begins again.
        """
        ...


class Throughput(Protocol):
    """What the messengers bear."""

    def rates(self, channels: Collection[str]) -> Mapping[str, float]:
        """Return for each of the channels how many messages of news it takes a second."""
        ...

    def strangers_a_day(self, channel: str) -> int | None:
        """Return how many people may be told a day who have not written lately.

        None when the messenger does not count them.
        """
        ...


class Alarm(Protocol):
    """Wakes whoever carries out what is due.

    A hint that only saves waiting, nothing depends on it.
    """

    def wake(self) -> None:
        """Look at once, in the background, whether something is due."""
        ...


@dataclass(frozen=True, slots=True)
class MoneyBar:
    """A project in a chart of where the money went."""

    label: str
    begins: int
    """Whole tenge spent when its turn came."""
    cost: int
    value: str
    """What it cost and got, as people read it."""
    is_funded: bool


class ChartPainter(Protocol):
    """Draws charts off the event loop."""

    async def budget(self, title: str, bars: Sequence[tuple[str, int, str]], note: str) -> bytes:
        """Return a PNG of horizontal bars: label, amount, the amount as people read it.

        A line below.
        """
        ...

    async def results(
        self,
        title: str,
        bars: Sequence[tuple[str, int, bool]],
        threshold: int | None,
        funded_label: str,
        other_label: str,
    ) -> bytes:
        """Return a PNG of votes by project: label, votes, funded or not.

        A line at the threshold.
        """
        ...

    async def spending(
        self, title: str, bars: Sequence[MoneyBar], fund: int, labels: tuple[str, str, str]
    ) -> bytes:
        """Return a PNG of money by project, each bar beginning where the money spent before ends.

        A line where the fund ends; `labels` name funded, not funded and that line.
        """
        ...


class PhotoReader(Protocol):
    """Turns what a person sent into a picture that is safe to keep and show."""

    async def clean(self, content: bytes) -> bytes:
        """Return a JPEG of at most 1280 px a side without any metadata.

        Raises `Refused(PHOTO_UNREADABLE)`.
        """
        ...

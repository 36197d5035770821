"""Every action, so that wiring can hand each to whoever names it."""

from typing import Final

from civic.actions.accept_invitation import AcceptInvitation, ReadInvitation
from civic.actions.advance_cycle import AdvanceCycle
from civic.actions.apply_community import ApplyCommunity
from civic.actions.apply_cycle import ApplyCycle
from civic.actions.approve_broadcast import (
    ApproveBroadcast,
    AreOthersTold,
    HandInBroadcast,
    ReadWaitingBroadcast,
    ReadWaitingBroadcasts,
    SendBroadcastBack,
    TakeBroadcastBack,
)
from civic.actions.cast_ballot import CastBallot
from civic.actions.change_stage import ChangeStage, CheckChange, PreviewChange
from civic.actions.declare_residence import DeclareResidence
from civic.actions.delete_comment import DeleteComment
from civic.actions.destinations import (
    FindDestination,
    LoseDestination,
    MoveDestination,
    ReadDestinations,
    SetUpDestination,
    WelcomeDestination,
)
from civic.actions.dismiss import Dismiss
from civic.actions.draft_broadcast import (
    AddBroadcastDocument,
    AddBroadcastPhoto,
    DiscardBroadcast,
    ReadBroadcastAttachment,
    ReadBroadcastDraft,
    ReadBroadcastDrafts,
    WriteBroadcast,
)
from civic.actions.draft_idea import (
    BeginIdea,
    DiscardIdeaDraft,
    KeepPhoto,
    ReadIdeaDraft,
    WriteIdea,
)
from civic.actions.edit_idea import EditIdea
from civic.actions.find_similar_ideas import FindSimilarIdeas
from civic.actions.import_budget import ImportBudget
from civic.actions.introduce_oneself import (
    ChooseDistrict,
    ChooseHours,
    ChooseLanguage,
    ChooseName,
    ChooseNews,
    ChooseTopic,
    FinishGreeting,
    NoteAsked,
    ReadTopicChoices,
)
from civic.actions.invite import Invite
from civic.actions.join_chats import (
    GiveJoinCode,
    JoinChats,
    ReadJoinCode,
    ReadJoinOffer,
    TryJoinCode,
)
from civic.actions.meet_resident import LoseContact, MeetResident, Recognise
from civic.actions.moderate_comments import (
    DecideOnComment,
    ReadCase,
    ReadCases,
    ReadModerationLog,
)
from civic.actions.open_ballot import OpenBallot
from civic.actions.own_chats import ChooseChat, ReadChats, SeparateChat
from civic.actions.publish_comment import PublishComment
from civic.actions.read_announcements import ReadAnnouncement, ReadAnnouncements
from civic.actions.read_audience_choices import ReadAudienceChoices
from civic.actions.read_ballot import ReadBallot
from civic.actions.read_budget import ReadBudget
from civic.actions.read_calendar import ReadCalendar
from civic.actions.read_comments import ReadComment, ReadComments, ReadMyComments
from civic.actions.read_desk import ReadCounts, ReadDesk
from civic.actions.read_ideas import ReadIdea, ReadIdeas
from civic.actions.read_my_ideas import ReadMyIdeas
from civic.actions.read_my_things import ReadMyThings
from civic.actions.read_now import ReadNow
from civic.actions.read_project import ReadProject
from civic.actions.read_results import ReadResults, ReadVotes
from civic.actions.remind import RemindUnfinished
from civic.actions.report_comment import ReportComment
from civic.actions.search_budget import SearchBudget
from civic.actions.send_broadcast import ReviseBroadcast, SendBroadcast
from civic.actions.steer_sending import (
    CountAudience,
    PauseSending,
    ReadSending,
    ResumeSending,
    RetryFailed,
    StopSending,
)
from civic.actions.submit_idea import SubmitIdea
from civic.actions.support_comment import SupportComment
from civic.actions.support_idea import SupportIdea
from civic.actions.tidy_attachments import TidyAttachments
from civic.actions.withdraw_idea import WithdrawIdea
from civic.actions.word_notices import ReadNotices, WordNotice
from civic.actions.write_comment import (
    BeginComment,
    DiscardComment,
    EditComment,
    ReadCommentDraft,
    WriteComment,
)

ACTIONS: Final[tuple[type, ...]] = (
    AcceptInvitation,
    AddBroadcastDocument,
    AddBroadcastPhoto,
    AdvanceCycle,
    ApplyCommunity,
    ApplyCycle,
    ApproveBroadcast,
    AreOthersTold,
    BeginComment,
    BeginIdea,
    CastBallot,
    ChangeStage,
    CheckChange,
    CountAudience,
    PauseSending,
    ReadSending,
    ResumeSending,
    RetryFailed,
    StopSending,
    ChooseChat,
    ChooseDistrict,
    ChooseHours,
    ChooseLanguage,
    ChooseName,
    ChooseNews,
    ChooseTopic,
    DecideOnComment,
    DeclareResidence,
    DeleteComment,
    DiscardBroadcast,
    DiscardComment,
    EditComment,
    FindDestination,
    FinishGreeting,
    GiveJoinCode,
    HandInBroadcast,
    JoinChats,
    LoseContact,
    LoseDestination,
    MeetResident,
    DiscardIdeaDraft,
    EditIdea,
    FindSimilarIdeas,
    ImportBudget,
    Dismiss,
    Invite,
    KeepPhoto,
    MoveDestination,
    NoteAsked,
    OpenBallot,
    PreviewChange,
    ReadAnnouncement,
    ReadAnnouncements,
    ReadAudienceChoices,
    ReadBallot,
    ReadBroadcastAttachment,
    ReadBroadcastDraft,
    ReadBroadcastDrafts,
    ReadBudget,
    ReadCalendar,
    ReadCase,
    ReadCases,
    ReadChats,
    ReadComment,
    ReadCommentDraft,
    ReadComments,
    ReadInvitation,
    ReadJoinCode,
    ReadJoinOffer,
    ReadModerationLog,
    ReadMyComments,
    ReadCounts,
    ReadDesk,
    ReadDestinations,
    ReadTopicChoices,
    ReadIdea,
    ReadIdeaDraft,
    ReadIdeas,
    ReadMyIdeas,
    ReadMyThings,
    ReadNotices,
    ReadNow,
    ReadProject,
    ReadResults,
    ReadVotes,
    ReadWaitingBroadcast,
    ReadWaitingBroadcasts,
    Recognise,
    RemindUnfinished,
    ReportComment,
    SearchBudget,
    ReviseBroadcast,
    SendBroadcast,
    SendBroadcastBack,
    SeparateChat,
    SetUpDestination,
    PublishComment,
    SubmitIdea,
    SupportComment,
    SupportIdea,
    TakeBroadcastBack,
    TidyAttachments,
    TryJoinCode,
    WelcomeDestination,
    WithdrawIdea,
    WordNotice,
    WriteBroadcast,
    WriteComment,
    WriteIdea,
)

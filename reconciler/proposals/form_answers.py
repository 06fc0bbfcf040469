"""What the form at GitHub asks, and what an issue's body answers.

A body is text by anyone: it is taken apart at the questions, each of which it has to hold once, and
nothing in it is followed, filled in or run.
"""

import re
from dataclasses import dataclass
from enum import Enum

from reconciler.model.ids import EntitlementId, ToolId
from reconciler.proposals.nouns import Refusal

__all__ = ["FormAnswers", "Question", "describe_choice", "read_answers"]

MOST_CHARACTERS = 65_536
"""GitHub takes no longer body; one that is longer came another way."""
_LONGEST_PURPOSE = 1000
_NO_ANSWER = frozenset({"", "_No response_", "None"})
"""What GitHub writes where a field was left empty; `None` stands for a choice not made."""
_CHOICE = re.compile(r"\(([a-z0-9-]{1,63})/([a-z0-9-]{1,63})\)")


class Question(Enum):
    """Each question of the form, by its heading in the issue."""

    ACCESS = "Which access?"
    SUBJECT = "For whom?"
    PURPOSE = "What for?"
    UNTIL = "Until when?"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormAnswers:
    """What was asked for; empty is what was left open: for the author, as long as the tool allows.

    All but the ids is text as it was typed, in one line.
    """

    tool: ToolId
    entitlement: EntitlementId
    subject: str
    purpose: str
    until: str


def describe_choice(name: str, tool: ToolId, entitlement: EntitlementId) -> str:
    """One choice of the form: a name for people, and what `read_answers` finds at its end."""
    return f"{name} ({tool}/{entitlement})"


def read_answers(body: str) -> FormAnswers | Refusal:
    """The answers of an issue's body, or why it has none."""
    if len(body) > MOST_CHARACTERS:
        return Refusal(
            code="form-too-long",
            summary=f"the issue is longer than {MOST_CHARACTERS} characters",
            hint="fill in the form anew, and be brief",
        )
    found = _split(body)
    if isinstance(found, Refusal):
        return found
    choice = _CHOICE.search(found[Question.ACCESS], max(0, found[Question.ACCESS].rfind("(")))
    if choice is None or choice.end() != len(found[Question.ACCESS]):
        return _unanswered(Question.ACCESS, "choose one of the form's choices")
    purpose = found[Question.PURPOSE]
    if not purpose:
        return _unanswered(Question.PURPOSE, "say what the access is for: approvers read it")
    if len(purpose) > _LONGEST_PURPOSE:
        return _unanswered(Question.PURPOSE, f"say it in {_LONGEST_PURPOSE} characters at most")
    return FormAnswers(
        tool=ToolId(choice[1]),
        entitlement=EntitlementId(choice[2]),
        subject=found[Question.SUBJECT],
        purpose=purpose,
        until=found[Question.UNTIL],
    )


def _unanswered(question: Question, hint: str) -> Refusal:
    summary = f'"{question.value}" has no usable answer'
    return Refusal(code="form-unanswered", summary=summary, hint=hint)


def _split(body: str) -> dict[Question, str] | Refusal:
    """The answer to each question; each has to be asked once, and nothing to stand before."""
    headings = {f"### {question.value}": question for question in Question}
    answers: dict[Question, list[str]] = {}
    lines: list[str] = []
    for line in body.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        question = headings.get(line.rstrip())
        if question is None:
            lines.append(line)
        elif question in answers:
            return _not_the_form(f'the heading "{question.value}" stands there twice')
        elif not answers and "".join(lines).strip():
            return _not_the_form("text stands before the first question")
        else:
            lines = answers[question] = []
    missing = [question.value for question in Question if question not in answers]
    if missing:
        return _not_the_form(f'the heading "{missing[0]}" is missing')
    return {question: _one_line(answer) for question, answer in answers.items()}


def _not_the_form(why: str) -> Refusal:
    return Refusal(
        code="form-changed",
        summary=f"the issue does not have the form's shape: {why}",
        hint="open a new issue with the form, and leave its headings as they are",
    )


def _one_line(lines: list[str]) -> str:
    text = " ".join(" ".join(lines).split())
    return "" if text in _NO_ANSWER else text

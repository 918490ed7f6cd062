"""Quick questions to a group: list, ask, read and answer."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access, ask
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of as typed_before
from panels import actions, policy, queries
from panels.forms import AnswerForm, QuestionForm
from panels.models import Question


@access("panels:questions", verb=Permission.QUESTION_LIST)
def questions(request: HttpRequest) -> HttpResponse:
    """One's own and those put to one's groups, open ones first."""
    page = Paginator(queries.questions(request.user), queries.PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "may_ask": ask(Permission.QUESTION_ASK, request.user)}
    return render(request, "panels/questions.html", context)


@access("panels:ask", verb=Permission.QUESTION_ASK, methods=READ | WRITE)
def ask_group(request: HttpRequest) -> HttpResponse:
    """A text and a group, sent in one step."""
    typed = typed_before("question", by=request.user)
    form = QuestionForm(request.POST or None, initial=typed, user=request.user)
    if form.is_valid():
        question = actions.ask_group(by=request.user, **form.cleaned_data)
        drafts.discard("question", by=request.user)
        messages.success(request, "Sent. You are told by mail when somebody answers.")
        return redirect(question)
    return render(request, "panels/ask.html", {"form": form}, status=422 if form.errors else 200)


@access("panels:question", object=Question, verb=Permission.QUESTION_READ)
def question(request: HttpRequest, question: Question) -> HttpResponse:
    typed = typed_before(f"answer:{question.pk}", by=request.user)
    return show(request, question, AnswerForm(initial=typed))


def show(request: HttpRequest, question: Question, form: AnswerForm, status: int = 200) -> HttpResponse:
    """The page, with an answer's error when there is one."""
    answers, number = queries.answers_to(question, latest=None if "all" in request.GET else queries.LATEST)
    context = {
        "question": question,
        "answers": answers,
        "number": number,
        "earlier": number - len(answers),
        "form": form,
        "may_answer": ask(Permission.QUESTION_ANSWER, request.user, question),
        "may_close": ask(Permission.QUESTION_CLOSE, request.user, question),
        "may_grow": ask(Permission.PANEL_DRAFT, request.user) and policy.may_grow_question(request.user, question),
    }
    return render(request, "panels/question.html", context, status=status)


@access("panels:answer", object=Question, verb=Permission.QUESTION_ANSWER, methods=WRITE)
def answer(request: HttpRequest, question: Question) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return show(request, question, form, status=422)
    said = actions.answer(question, text=form.cleaned_data["text"], by=request.user)
    drafts.discard(f"answer:{question.pk}", by=request.user)
    messages.success(request, "Sent.")
    return redirect(f"{question.get_absolute_url()}#a-{said.pk}")


@access("panels:close_question", object=Question, verb=Permission.QUESTION_CLOSE, methods=WRITE)
def close_question(request: HttpRequest, question: Question) -> HttpResponse:
    actions.close_question(question, by=request.user)
    messages.success(request, "The question is closed.")
    return redirect(question)

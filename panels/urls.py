"""Addresses of panels and invitations."""

from django.urls import path

from panels.views import inviting, panel, questions, rewording, sight, starting, talking, work

app_name = "panels"
urlpatterns = [
    path("search/", work.search, name="search"),
    path("patients/<str:pseudonym>/sight/", sight.who_sees, name="sight"),
    path("panels/", work.panel_list, name="list"),
    path("panels/new/", starting.new_panel, name="new"),
    path("panels/new/preview/", starting.preview, name="preview"),
    path("patients/<str:pseudonym>/panel/", starting.again, name="again"),
    path("panels/<str:ref>/", panel.detail, name="detail"),
    path("panels/<str:ref>/news/", panel.news, name="news"),
    path("panels/<str:ref>/prepare/", starting.prepare, name="prepare"),
    path("panels/<str:ref>/reply/", talking.reply, name="reply"),
    path("panels/<str:ref>/experts/", inviting.experts, name="experts"),
    path("panels/<str:ref>/invite/", inviting.invite, name="invite"),
    path("panels/<str:ref>/invitations/<uuid:invitation>/end/", inviting.end_invitation, name="end_invitation"),
    path("panels/<str:ref>/withdraw/", inviting.withdraw, name="withdraw"),
    path("panels/<str:ref>/reopen/", inviting.reopen, name="reopen"),
    path("questions/", questions.questions, name="questions"),
    path("questions/new/", questions.ask_group, name="ask"),
    path("questions/<uuid:key>/", questions.question, name="question"),
    path("questions/<uuid:key>/answer/", questions.answer, name="answer"),
    path("questions/<uuid:key>/close/", questions.close_question, name="close_question"),
    path("statements/<uuid:key>/reword/", rewording.reword_statement, name="reword_statement"),
    path("messages/<uuid:key>/reword/", rewording.reword_message, name="reword_message"),
    path("statements/<uuid:key>/stance/", talking.stance, name="stance"),
    path("panels/<str:ref>/thank/", talking.thank, name="thank"),
    path("statements/<uuid:key>/supplied/", talking.supply, name="supply"),
    path("statements/<uuid:key>/mark/", talking.mark, name="mark"),
    path("invitations/<uuid:key>/", inviting.invitation, name="invitation"),
    path("invitations/<uuid:key>/accept/", inviting.accept, name="accept"),
    path("invitations/<uuid:key>/decline/", inviting.decline, name="decline"),
]

"""Addresses of signing in and of a person's own pages. allauth reverses the ``account_…`` names."""

from django.urls import path, re_path

from cpms.accounts.views import (
    activation,
    addresses,
    directory,
    expert_groups,
    expertise,
    profile,
    security,
    sign_in,
    standing_in,
)

urlpatterns = [
    path("login/", sign_in.login, name="account_login"),
    path("login/code/", sign_in.otp_challenge, name="otp_challenge"),
    path("logout/", sign_in.logout, name="account_logout"),
    path("signup/", sign_in.signup_closed, name="account_signup"),
    path("inactive/", sign_in.inactive, name="account_inactive"),
    path("password/reset/", sign_in.password_reset, name="account_reset_password"),
    path("password/reset/done/", sign_in.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        sign_in.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", sign_in.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("activate/device/", activation.otp_enrol, name="otp_enrol"),
    path("activate/<str:token>/", activation.activate, name="activate"),
    path("profile/", profile.profile, name="profile"),
    path("expertise/", expertise.mine, name="expertise"),
    path("expertise/practice/", expertise.practice, name="practice"),
    path("expertise/<int:row>/drop/", expertise.drop, name="drop_expertise"),
    path("confirm/", security.step_up, name="step_up"),
    path("security/", security.overview, name="security"),
    path("security/phone/", security.phone, name="security_phone"),
    path("security/address/", addresses.address, name="address"),
    path("security/address/<str:token>/", addresses.confirm, name="confirm_address"),
    path("security/codes/", security.codes, name="security_codes"),
    path("security/sessions/end/", security.end_others, name="end_sessions"),
    path("security/sessions/<int:session>/end/", security.end_one, name="end_session"),
    path("assistants/", standing_in.assistants, name="assistants"),
    path("assistants/<int:delegation>/end/", standing_in.end_assistant, name="end_assistant"),
    path("absence/", standing_in.absence, name="absence"),
    path("theme/", profile.theme, name="theme"),
    path("drafts/", profile.save_draft, name="drafts"),
    path("keepalive/", profile.keepalive, name="keepalive"),
]

directory_urls = [
    path("experts/", directory.search, name="experts"),
    path("experts/matrix/", directory.matrix, name="matrix"),
    path("experts/matrix/conditions/", directory.conditions, name="condition_matrix"),
    path("experts/groups/", expert_groups.groups, name="expert_groups"),
    path("experts/groups/<uuid:key>/", expert_groups.group, name="expert_group"),
    path("experts/groups/<uuid:key>/describe/", expert_groups.describe, name="describe_expert_group"),
    path("experts/groups/<uuid:key>/members/<uuid:person>/drop/", expert_groups.drop, name="drop_from_group"),
    path("experts/groups/<uuid:key>/forget/", expert_groups.forget, name="forget_expert_group"),
    path("experts/<uuid:key>/", directory.expert, name="expert"),
]

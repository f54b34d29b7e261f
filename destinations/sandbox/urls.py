from django.urls import path

from destinations.sandbox import inspector, pages, serving

app_name = "sandbox"
urlpatterns = [
    path("", pages.index, name="index"),
    path("inspector/", inspector.inspector, name="inspector"),
    path("inspector/<path:rest>", inspector.receive, name="receive"),
    path("<str:key>/", pages.stand_in, name="stand-in"),
    path("<str:key>/records/<str:kind>/<str:record_id>/", pages.record, name="record"),
    path("<str:key>/<path:rest>", serving.serve, name="serve"),
]

from django.urls import path

from destinations.sandbox import inspector

app_name = "sandbox"
urlpatterns = [
    path("inspector/", inspector.inspector, name="inspector"),
    path("inspector/<path:rest>", inspector.receive, name="receive"),
]

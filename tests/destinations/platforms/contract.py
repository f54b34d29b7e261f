"""What every platform must keep to. An adapter's test module subclasses this and gives the two fixtures."""

import dataclasses

import pytest

from destinations.outcome import Accepted, Result
from destinations.platforms.port import AFTER_UNKNOWN, DestinationValues, Order, Platform, UnknownIntegration
from leadconduit.lib import outbound

ACCOUNT = "65f0aa01bb02cc03dd04ee05"


class PlatformContract:
    @pytest.fixture
    def platform(self) -> Platform:
        raise NotImplementedError

    @pytest.fixture
    def order(self, platform: Platform) -> Order:
        """An order to a destination that is fully set up, whose receiver takes it."""
        raise NotImplementedError

    @pytest.fixture
    def destination(self, order: Order) -> DestinationValues:
        return order.destination

    # --- Marketplace

    def test_the_marketplace_lists_what_it_can_also_get(self, platform: Platform) -> None:
        listed = platform.marketplace.list(ACCOUNT)

        assert listed
        assert [platform.marketplace.get(ACCOUNT, integration.key) for integration in listed] == list(listed)

    def test_a_search_finds_an_integration_by_its_name_in_any_case(self, platform: Platform) -> None:
        for integration in platform.marketplace.list(ACCOUNT):
            assert integration in platform.marketplace.list(ACCOUNT, f" {integration.name.upper()} ")

    def test_a_search_for_nonsense_finds_nothing(self, platform: Platform) -> None:
        assert platform.marketplace.list(ACCOUNT, "zzqx") == ()

    def test_each_integration_has_an_icon(self, platform: Platform) -> None:
        for integration in platform.marketplace.list(ACCOUNT):
            icon = platform.marketplace.icon(ACCOUNT, integration.key)

            assert icon.content
            assert icon.content_type.startswith("image/")

    def test_an_unknown_integration_is_refused(self, platform: Platform) -> None:
        with pytest.raises(UnknownIntegration):
            platform.marketplace.get(ACCOUNT, "zzqx")
        with pytest.raises(UnknownIntegration):
            platform.marketplace.icon(ACCOUNT, "zzqx")
        with pytest.raises(UnknownIntegration):
            platform.setup.create(ACCOUNT, "zzqx", "Mine")

    # --- Setup

    def test_each_new_destination_has_an_id_of_its_own(
        self, platform: Platform, destination: DestinationValues
    ) -> None:
        made = {platform.setup.create(ACCOUNT, destination.integration, "Mine") for _ in range(3)}

        assert len(made) == 3
        assert all(made)

    def test_there_is_a_way_to_authenticate(self, platform: Platform, destination: DestinationValues) -> None:
        assert destination.scheme in [scheme.key for scheme in platform.setup.schemes(destination)]

    def test_good_credentials_connect(self, platform: Platform, destination: DestinationValues) -> None:
        connected = platform.setup.connect(destination, destination.scheme, destination.credentials)

        assert connected.status in ("connected", "waiting", "unasked")
        assert connected.problems == {}

    def test_missing_credentials_are_refused_by_field(
        self, platform: Platform, destination: DestinationValues
    ) -> None:
        unconnected = dataclasses.replace(destination, credentials={})
        for scheme in platform.setup.schemes(destination):
            required = {field.key for field in scheme.fields if field.required and field.default is None}
            connected = platform.setup.connect(unconnected, scheme.key, {})

            assert set(connected.problems) == required

    def test_good_pages_are_saved(self, platform: Platform, destination: DestinationValues) -> None:
        for page in platform.setup.pages(destination):
            assert platform.setup.save(destination, page.key, destination.configuration) == {}

    def test_missing_configuration_is_refused_by_field(
        self, platform: Platform, destination: DestinationValues
    ) -> None:
        for page in platform.setup.pages(destination):
            required = {field.key for field in page.fields if field.required and field.default is None}

            assert set(platform.setup.save(destination, page.key, {})) == required

    def test_no_two_fields_of_the_configuration_share_a_key(
        self, platform: Platform, destination: DestinationValues
    ) -> None:
        keys = [field.key for page in platform.setup.pages(destination) for field in page.fields]

        assert len(keys) == len(set(keys))

    def test_users_name_at_most_one_kind_of_action(
        self, platform: Platform, destination: DestinationValues
    ) -> None:
        offered = platform.setup.offers(destination)

        assert offered
        assert sum(action.user_named for action in offered) <= 1

    def test_each_action_can_be_saved_and_mapped(
        self, platform: Platform, destination: DestinationValues
    ) -> None:
        for action in destination.actions:
            assert platform.setup.save_action(destination, action) == {}
            targets = platform.setup.targets(destination, action.action_id)
            assert targets.custom or targets.fields

    def test_an_active_destination_keeps_the_ids_of_its_actions(
        self, platform: Platform, destination: DestinationValues
    ) -> None:
        activated = platform.setup.activate(destination)

        assert [action.action_id for action in activated] == [
            action.action_id for action in destination.actions
        ]
        assert platform.setup.actions(destination) == activated
        assert platform.setup.activate(destination) == activated

    def test_a_destination_can_be_renamed_paused_resumed_and_deleted_twice(
        self, platform: Platform, destination: DestinationValues
    ) -> None:
        platform.setup.rename(destination, "Another name")
        platform.setup.pause(destination)
        platform.setup.resume(destination)
        platform.setup.delete(destination)
        platform.setup.delete(destination)

    # --- Sender

    def test_an_order_is_delivered_or_taken(self, platform: Platform, order: Order) -> None:
        result = outbound.run(platform.sender.send(order))

        assert isinstance(result, Result | Accepted)
        assert result.outcome.is_success
        assert result.exchange

    def test_a_stored_answer_is_judged_as_it_was_or_by_nobody_else(
        self, platform: Platform, order: Order
    ) -> None:
        result = outbound.run(platform.sender.send(order))
        assert result.exchange
        judged = platform.sender.judge(order.destination, result.exchange)

        assert (judged is not None) == (platform.setup.answer_rules(order.destination) is not None)
        assert judged is None or judged.outcome == result.outcome
        assert platform.sender.judge(order.destination, {**result.exchange, "response": None}) is None

    def test_rules_for_answers_name_fields_of_a_page(
        self, platform: Platform, destination: DestinationValues
    ) -> None:
        if rules := platform.setup.answer_rules(destination):
            page = next(page for page in platform.setup.pages(destination) if page.key == rules.page)
            assert {rules.term, rules.path, rules.reason} <= {field.key for field in page.fields}

    def test_a_preview_has_the_shape_of_an_exchanges_request(self, platform: Platform, order: Order) -> None:
        preview = platform.sender.preview(order)

        assert set(preview) == {"method", "uri", "headers", "body"}

    def test_a_send_is_bounded_in_time(self, platform: Platform, destination: DestinationValues) -> None:
        assert 0 < platform.sender.longest_send(destination) <= 300

    def test_what_happens_without_an_answer_is_declared(self, platform: Platform, order: Order) -> None:
        after = platform.sender.after_unknown(order.destination, order.action.action_id)

        assert after in AFTER_UNKNOWN

    def test_no_secret_is_shown(self, platform: Platform, order: Order) -> None:
        secrets = _texts(order.destination.credentials)
        assert secrets

        shown = (
            f"{platform.sender.preview(order)} {outbound.run(platform.sender.send(order)).exchange} {order!r}"
        )

        assert not [secret for secret in secrets if secret in shown]


def _texts(credentials: object) -> list[str]:
    """The texts among credentials, however nested, that say of themselves that they are secret."""
    if isinstance(credentials, dict):
        credentials = list(credentials.values())
    if isinstance(credentials, list):
        return [text for part in credentials for text in _texts(part)]
    return [credentials] if isinstance(credentials, str) and "secret" in credentials else []

package dev.sallyport.rest.setup;

import dev.sallyport.protection.realm.Flow;
import dev.sallyport.protection.realm.SelectedFlows;
import dev.sallyport.rest.setup.Drift.Bypass;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.models.AuthenticationFlowBindings;
import org.keycloak.models.AuthenticationFlowModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.IdentityProviderModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Finds the flows in use that do not require the gate. */
record Bypasses(KeycloakSession session, RealmModel realm) {

    List<Bypass> find() {
        return Stream.of(
                        ofRealm(AuthenticationFlowBindings.BROWSER_BINDING, realm.getBrowserFlow()),
                        ofRealm(AuthenticationFlowBindings.DIRECT_GRANT_BINDING, realm.getDirectGrantFlow()),
                        realm.getClientsStream().flatMap(this::ofClient),
                        ofClientPolicies(),
                        session.identityProviders()
                                .getAllStream()
                                .filter(IdentityProviderModel::isEnabled)
                                .flatMap(this::ofIdentityProvider))
                .flatMap(found -> found)
                .toList();
    }

    private Stream<Bypass> ofRealm(String binding, AuthenticationFlowModel flow) {
        return unguarded(Optional.ofNullable(flow), binding, "realm");
    }

    private Stream<Bypass> ofClient(ClientModel client) {
        Map<String, String> overrides = client.getAuthenticationFlowBindingOverrides();
        return overrides.entrySet().stream()
                // NB. An override that names no flow is none: the realm's flow is used then.
                .filter(override -> realm.getAuthenticationFlowById(override.getValue()) != null)
                .flatMap(override -> unguarded(
                        Optional.of(realm.getAuthenticationFlowById(override.getValue())),
                        override.getKey(),
                        "client/" + client.getClientId()));
    }

    private Stream<Bypass> ofClientPolicies() {
        return new SelectedFlows(session, realm)
                .all().stream()
                        .filter(selected -> !selected.flow().guarded())
                        .map(selected -> new Bypass(
                                selected.flow().alias(),
                                AuthenticationFlowBindings.BROWSER_BINDING,
                                "client-policy/" + selected.policy()));
    }

    private Stream<Bypass> ofIdentityProvider(IdentityProviderModel provider) {
        var flow = Optional.ofNullable(provider.getPostBrokerLoginFlowId()).map(realm::getAuthenticationFlowById);
        return unguarded(flow, "post_broker", "identity-provider/" + provider.getAlias());
    }

    private Stream<Bypass> unguarded(Optional<AuthenticationFlowModel> flow, String binding, String usedBy) {
        boolean guarded = flow.map(model -> Flow.read(realm, model).guarded()).orElse(false);
        return guarded
                ? Stream.empty()
                : Stream.of(
                        new Bypass(flow.map(AuthenticationFlowModel::getAlias).orElse(""), binding, usedBy));
    }
}

package dev.sallyport.protection.realm;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.keycloak.models.AuthenticationFlowModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.RealmModel;

/** What of the pack works in a realm now, for all of its applications; see {@link OwnFlows}. */
record Foundations(KeycloakSession session, RealmModel realm) {

    static final String BROWSER = "binding/browser";
    static final String DIRECT_GRANT = "binding/direct_grant";
    static final String ELEVATION = "elevation/browser";

    private static final String LISTENER = "sallyport";
    private static final String ELEVATOR = "sallyport-elevation";
    private static final String ROLES = "roles";
    private static final Set<String> ACTIONS = Set.of("sallyport-access", "sallyport-elevate", "sallyport-approve");
    private static final Set<String> MAPPERS = Set.of("sallyport-elevated-roles", "sallyport-elevation-claim");

    /** Names as setup has them, where setup has one. */
    Set<String> inForce() {
        var found = new TreeSet<String>();
        var browser = flow(realm.getBrowserFlow());
        if (browser.filter(Flow::guarded).isPresent()) found.add(BROWSER);
        if (browser.filter(Foundations::elevates).isPresent()) found.add(ELEVATION);
        if (flow(realm.getDirectGrantFlow()).filter(Flow::guarded).isPresent()) found.add(DIRECT_GRANT);
        ACTIONS.stream().filter(this::asks).forEach(action -> found.add("required-action/" + action));
        if (holds(rules -> rules.profile().filter(ClientPolicyRules::hasExecutor))) {
            found.add("client-profile/" + ClientPolicyRules.NAME);
        }
        if (holds(rules -> rules.policy().filter(ClientPolicyRules::appliesToAll))) {
            found.add("client-policy/" + ClientPolicyRules.NAME);
        }
        mappers().filter(MAPPERS::contains).forEach(mapper -> found.add("protocol-mapper/" + ROLES + "/" + mapper));
        if (realm.getEventsListenersStream().anyMatch(LISTENER::equals)) found.add("event-listener/" + LISTENER);
        return found;
    }

    private boolean holds(Function<ClientPolicyRules, Optional<?>> rule) {
        try {
            return rule.apply(new ClientPolicyRules(session, realm)).isPresent();
        } catch (IllegalStateException unreadable) {
            // NB. What Keycloak cannot read it does not apply.
            return false;
        }
    }

    private Optional<Flow> flow(AuthenticationFlowModel flow) {
        return Optional.ofNullable(flow).map(model -> Flow.read(realm, model));
    }

    static boolean elevates(Flow flow) {
        return flow.requires(execution -> execution.authenticator().equals(ELEVATOR));
    }

    private boolean asks(String action) {
        return Optional.ofNullable(realm.getRequiredActionProviderByAlias(action))
                .filter(found -> found.isEnabled() && action.equals(found.getProviderId()))
                .isPresent();
    }

    private Stream<String> mappers() {
        return realm.getClientScopesStream()
                .filter(scope -> ROLES.equals(scope.getName()))
                .flatMap(ClientScopeModel::getProtocolMappersStream)
                .map(ProtocolMapperModel::getProtocolMapper);
    }
}

package dev.sallyport.protection.realm;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.AuthenticationFlowBindings;
import org.keycloak.models.AuthenticationFlowModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * The flows that single applications use instead of the realm's, or to which client policies lead, and what of the pack each
 * of them leads through.
 */
record OwnFlows(KeycloakSession session, RealmModel realm) {

    // NB. Not from the applications: there may be very many, of which hardly one has a flow of its own.
    private static final String OVERRIDES = "select c.id, key(flow), value(flow) from ClientEntity c"
            + " join c.authFlowBindings flow where c.realmId = :realmId";

    private static final String OF = "/client/";
    private static final String BY = "/client-policy/";

    /** What begins either. */
    private static final String WHOSE = "/client";

    /**
     * By step, and the application's own id or the client policy's name, whether its flow has the step; of those that have
     * such a flow.
     */
    Map<String, Boolean> steps() {
        var found = new TreeMap<String, Boolean>();
        overrides().forEach(override -> {
            var flow = realm.getAuthenticationFlowById((String) override[2]);
            // NB. An override that names no flow is none: the realm's is used then.
            if (flow != null)
                steps((String) override[1])
                        .forEach((step, has) -> found.put(step + OF + override[0], has.test(read(flow))));
        });
        new SelectedFlows(session, realm).all().forEach(selected -> steps(AuthenticationFlowBindings.BROWSER_BINDING)
                .forEach((step, has) ->
                        found.merge(step + BY + selected.policy(), has.test(selected.flow()), Boolean::logicalAnd)));
        return found;
    }

    private Stream<Object[]> overrides() {
        return session
                .getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createQuery(OVERRIDES, Object[].class)
                .setParameter("realmId", realm.getId())
                .getResultList()
                .stream();
    }

    private Flow read(AuthenticationFlowModel flow) {
        return Flow.read(realm, flow);
    }

    private static Map<String, Predicate<Flow>> steps(String binding) {
        return switch (binding) {
            case AuthenticationFlowBindings.BROWSER_BINDING ->
                Map.of(Foundations.BROWSER, Flow::guarded, Foundations.ELEVATION, Foundations::elevates);
            case AuthenticationFlowBindings.DIRECT_GRANT_BINDING -> Map.of(Foundations.DIRECT_GRANT, Flow::guarded);
            default -> Map.of();
        };
    }

    /**
     * Which steps applications that are still there lost, by having got a flow of their own, by what became of it, or by going back
     * to the realm's; or by a client policy alike. What they lost together with the realm is not among them.
     *
     * @param before of applications and client policies then, as {@link #steps} had it
     * @param realmBefore of the realm then
     * @param realmNow of the realm now
     */
    Set<String> lost(
            Map<String, Boolean> before, Set<String> realmBefore, Map<String, Boolean> now, Set<String> realmNow) {
        var concerned = new TreeSet<>(before.keySet());
        concerned.addAll(now.keySet());
        var lost = new TreeSet<String>();
        for (var name : concerned) {
            var at = name.indexOf(WHOSE);
            var step = name.substring(0, at);
            boolean had = before.getOrDefault(name, realmBefore.contains(step));
            boolean has = now.getOrDefault(name, realmNow.contains(step));
            if (had && !has) whose(name.substring(at)).ifPresent(whose -> lost.add(step + whose));
        }
        return lost;
    }

    /** As people call it; empty when the application is gone. */
    private Optional<String> whose(String name) {
        if (!name.startsWith(OF)) return Optional.of(name);
        return Optional.ofNullable(realm.getClientById(name.substring(OF.length())))
                .map(client -> OF + client.getClientId());
    }
}

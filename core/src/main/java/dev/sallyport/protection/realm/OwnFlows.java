package dev.sallyport.protection.realm;

import java.util.Map;
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

/** The flows that single applications use instead of the realm's, and what of the pack each of them leads through. */
record OwnFlows(KeycloakSession session, RealmModel realm) {

    // NB. Not from the applications: there may be very many, of which hardly one has a flow of its own.
    private static final String OVERRIDES = "select c.id, key(flow), value(flow) from ClientEntity c"
            + " join c.authFlowBindings flow where c.realmId = :realmId";

    private static final String OF = "/client/";

    /** By step and the application's own id, whether its flow has the step; of those that have such a flow. */
    Map<String, Boolean> steps() {
        var found = new TreeMap<String, Boolean>();
        overrides().forEach(override -> {
            var flow = realm.getAuthenticationFlowById((String) override[2]);
            // NB. An override that names no flow is none: the realm's is used then.
            if (flow != null)
                steps((String) override[1])
                        .forEach((step, has) -> found.put(step + OF + override[0], has.test(read(flow))));
        });
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
     * to the realm's. What they lost together with the realm is not among them.
     *
     * @param before of applications then, as {@link #steps} had it
     * @param realmBefore of the realm then
     * @param realmNow of the realm now
     */
    Set<String> lost(
            Map<String, Boolean> before, Set<String> realmBefore, Map<String, Boolean> now, Set<String> realmNow) {
        var concerned = new TreeSet<>(before.keySet());
        concerned.addAll(now.keySet());
        var lost = new TreeSet<String>();
        for (var name : concerned) {
            var at = name.indexOf(OF);
            var step = name.substring(0, at);
            boolean had = before.getOrDefault(name, realmBefore.contains(step));
            boolean has = now.getOrDefault(name, realmNow.contains(step));
            var client = realm.getClientById(name.substring(at + OF.length()));
            if (had && !has && client != null) lost.add(step + OF + client.getClientId());
        }
        return lost;
    }
}

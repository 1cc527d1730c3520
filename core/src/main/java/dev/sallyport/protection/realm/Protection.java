package dev.sallyport.protection.realm;

import dev.sallyport.document.Documents;
import dev.sallyport.finding.FindingKind;
import dev.sallyport.finding.realm.Findings;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Notices when something of the pack no longer works in a realm in which it did. What is noticed is kept with the finding, in one
 * transaction, so that it is found once, whoever looks first.
 */
public record Protection(KeycloakSession session, RealmModel realm, Clock clock) {

    /** Looks, and raises a finding if something is gone. */
    public void look() {
        var now = new Foundations(session, realm).inForce();
        var row = row();
        if (row.isEmpty() && now.isEmpty()) return;
        var flows = new OwnFlows(session, realm);
        var steps = flows.steps();
        if (row.filter(found -> found.ownFlows != null)
                .filter(found -> names(found).equals(now))
                .filter(found -> ofApplications(found).equals(steps))
                .isPresent()) return;
        if (row.isEmpty()) begin();
        var locked = entities(session).find(ProtectionEntity.class, realm.getId(), LockModeType.PESSIMISTIC_WRITE);
        // NB. Somebody else may have looked since it was read.
        entities(session).refresh(locked);
        var gone = new TreeSet<>(names(locked));
        if (locked.ownFlows != null) gone.addAll(flows.lost(ofApplications(locked), names(locked), steps, now));
        gone.removeAll(now);
        locked.inForce = Documents.write(now);
        locked.ownFlows = Documents.write(steps);
        if (!gone.isEmpty())
            new Findings(session, realm, clock).raise(FindingKind.PROTECTION_REMOVED, Map.of("removed", gone));
    }

    private Optional<ProtectionEntity> row() {
        return Optional.ofNullable(entities(session).find(ProtectionEntity.class, realm.getId()));
    }

    // NB. Empty, and by itself: what is in force may be undone with the transaction that has made it so.
    private void begin() {
        try {
            KeycloakModelUtils.runJobInTransaction(session.getKeycloakSessionFactory(), own -> {
                var row = new ProtectionEntity();
                row.realmId = realm.getId();
                row.inForce = "[]";
                entities(own).persist(row);
            });
        } catch (RuntimeException e) {
            // NB. Another one may have made it; whatever else it was shows now.
            if (row().isEmpty()) throw e;
        }
    }

    private static Set<String> names(ProtectionEntity row) {
        var names = new TreeSet<String>();
        Documents.tree(row.inForce).forEach(name -> names.add(name.asText()));
        return names;
    }

    private static Map<String, Boolean> ofApplications(ProtectionEntity row) {
        var steps = new TreeMap<String, Boolean>();
        if (row.ownFlows == null) return steps;
        Documents.tree(row.ownFlows)
                .properties()
                .forEach(step -> steps.put(step.getKey(), step.getValue().asBoolean()));
        return steps;
    }

    private static EntityManager entities(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}

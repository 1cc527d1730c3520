package dev.sallyport.audit.realm;

import dev.sallyport.document.realm.DocumentComponents;
import java.time.Clock;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Records changes of configuration documents in the transaction that makes them. */
public final class ConfigurationAudit {

    private ConfigurationAudit() {}

    public static void created(KeycloakSession session, RealmModel realm, String kind, ComponentModel model) {
        append(
                session,
                realm,
                entry(session, "config.created", kind, model).with("document", DocumentComponents.document(model)));
    }

    public static void updated(
            KeycloakSession session, RealmModel realm, String kind, ComponentModel old, ComponentModel model) {
        append(
                session,
                realm,
                entry(session, "config.updated", kind, model)
                        .with("previous", DocumentComponents.document(old))
                        .with("document", DocumentComponents.document(model)));
    }

    public static void deleted(KeycloakSession session, RealmModel realm, String kind, ComponentModel model) {
        append(
                session,
                realm,
                entry(session, "config.deleted", kind, model).with("previous", DocumentComponents.document(model)));
    }

    private static AuditEntries entry(KeycloakSession session, String type, String kind, ComponentModel model) {
        return AuditEntries.of(session, type).about(kind, model.getName());
    }

    private static void append(KeycloakSession session, RealmModel realm, AuditEntries entry) {
        new JpaAuditLog(session, realm).append(entry.at(Clock.systemUTC()));
    }
}

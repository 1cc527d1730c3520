package dev.sallyport.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sallyport.access.realm.RoleName;
import dev.sallyport.audit.AuditEntry.Party;
import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.watch.Redaction;
import dev.sallyport.watch.realm.PrivilegedSessions;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * What Keycloak's administration is used for, with names in place of ids and what was really changed. Kept in the realm that
 * is administered, wherever the administrator's session is.
 */
record AdminEvents(KeycloakSession session, RealmModel realm) {

    private static final Logger LOG = Logger.getLogger(AdminEvents.class);
    private static final Clock CLOCK = Clock.systemUTC();
    private static final int MOST = 12 * 1024;
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F-]{36}");

    void record(AdminEvent event) {
        var entry = AuditEntries.of(session, "session.event")
                .with("kind", "admin")
                .with("operation", String.valueOf(event.getOperationType()))
                .with("resource", Redaction.cut(String.valueOf(event.getResourceTypeAsString())));
        describe(entry, event);
        session(event).ifPresent(userSession -> {
            entry.in(userSession);
            if (!userSession.getRealm().getId().equals(realm.getId())) {
                entry.with("sessionRealm", userSession.getRealm().getName());
            }
        });
        new Recording(session, realm).append(entry.at(CLOCK));
    }

    // NB. That something happened is written down though nobody can tell what it was called.
    private void describe(AuditEntries entry, AdminEvent event) {
        try {
            actor(entry, event);
            var path = Optional.ofNullable(event.getResourcePath()).orElse("");
            entry.with("path", Redaction.cut(path)).with("what", Redaction.cut(named(path)));
            target(path).ifPresent(entry::about);
            var changes = ModelChanges.take(session);
            if (!changes.isEmpty()) entry.with("changes", changes);
            if (ModelChanges.more(session)) entry.with("moreChanges", true);
            representation(event).ifPresent(shown -> entry.with("representation", shown));
        } catch (RuntimeException e) {
            LOG.errorf(e, "an event of realm %s is recorded without all that could be said of it", realm.getName());
            entry.with("incomplete", true);
        }
    }

    private void actor(AuditEntries entry, AdminEvent event) {
        var details = event.getAuthDetails();
        if (details == null || details.getRealmId() == null) return;
        var of = session.realms().getRealm(details.getRealmId());
        if (of == null) return;
        Optional.ofNullable(details.getUserId())
                .map(id -> Optional.ofNullable(session.users().getUserById(of, id))
                        .map(AdminEvents::party)
                        // NB. Whoever removes themselves.
                        .orElseGet(() -> new Party(id, ModelChanges.gone(session, id), "user")))
                .ifPresent(entry::by);
        entry.through(Optional.ofNullable(details.getClientId())
                .map(of::getClientById)
                .map(ClientModel::getClientId));
        if (!of.getId().equals(realm.getId())) entry.with("actorRealm", of.getName());
    }

    private static Party party(UserModel user) {
        var kind = user.getServiceAccountClientLink() == null ? "user" : "service-account";
        return new Party(user.getId(), Optional.ofNullable(user.getUsername()), kind);
    }

    /** The path with names in place of ids. */
    private String named(String path) {
        var kind = "";
        var named = new StringBuilder();
        for (var part : path.split("/")) {
            if (named.length() > 0) named.append('/');
            named.append(ID.matcher(part).matches() ? name(kind, part).orElse(part) : part);
            kind = part;
        }
        return named.toString();
    }

    /** @param kind what the path calls what it is one of */
    private Optional<String> name(String kind, String id) {
        return switch (kind) {
            case "users", "members" -> userName(id);
            case "groups", "children" -> groupName(id);
            case "clients", "evaluate-scopes" -> clientName(id);
            case "roles-by-id", "roles" -> roleName(id);
            case "client-scopes", "default-client-scopes", "optional-client-scopes" -> scopeName(id);
            case "components" -> componentName(id);
            default ->
                Stream.of(userName(id), groupName(id), clientName(id), roleName(id))
                        .flatMap(Optional::stream)
                        .findFirst();
        };
    }

    private Optional<String> userName(String id) {
        return Optional.ofNullable(session.users().getUserById(realm, id))
                .map(UserModel::getUsername)
                .or(() -> ModelChanges.gone(session, id));
    }

    private Optional<String> groupName(String id) {
        return Optional.ofNullable(realm.getGroupById(id))
                .map((GroupModel group) -> KeycloakModelUtils.buildGroupPath(group))
                .or(() -> ModelChanges.gone(session, id));
    }

    private Optional<String> clientName(String id) {
        return Optional.ofNullable(realm.getClientById(id))
                .map(ClientModel::getClientId)
                .or(() -> ModelChanges.gone(session, id));
    }

    private Optional<String> roleName(String id) {
        return Optional.ofNullable(realm.getRoleById(id)).map(RoleName::of).or(() -> ModelChanges.gone(session, id));
    }

    private Optional<String> scopeName(String id) {
        return Optional.ofNullable(realm.getClientScopeById(id)).map(ClientScopeModel::getName);
    }

    private Optional<String> componentName(String id) {
        return Optional.ofNullable(realm.getComponent(id)).map(component -> component.getName());
    }

    /** Whom or what it was done to: the first that the path names. */
    private Optional<Party> target(String path) {
        var parts = path.split("/");
        if (parts.length < 2) return Optional.empty();
        var kind = parts[0].toLowerCase(Locale.ROOT);
        var singular = kind.endsWith("s") ? kind.substring(0, kind.length() - 1) : kind;
        if (!ID.matcher(parts[1]).matches())
            return Optional.of(Party.of(Redaction.cut(singular), Redaction.cut(parts[1])));
        return Optional.of(new Party(parts[1], name(kind, parts[1]), Redaction.cut(singular)));
    }

    private Optional<JsonNode> representation(AdminEvent event) {
        var text = event.getRepresentation();
        if (text == null || text.isBlank()) return Optional.empty();
        var shown = Redaction.of(read(text));
        if (shown.isArray()) return Optional.of(array(shown));
        return Optional.of(Redaction.within(MOST, shown));
    }

    // NB. Keycloak's own mapper writes it, and need not keep to what ours reads.
    private static JsonNode read(String text) {
        try {
            return Documents.tree(text);
        } catch (DocumentFault unreadable) {
            return JsonNodeFactory.instance.textNode(Redaction.cut(text));
        }
    }

    private static JsonNode array(JsonNode all) {
        if (Redaction.size(all) <= MOST) return all;
        var kept = JsonNodeFactory.instance.objectNode().put("truncated", true).put("size", all.size());
        int room = MOST;
        var first = kept.putArray("first");
        for (var each : all) {
            var part = Redaction.within(1_024, each);
            room -= Redaction.size(part);
            if (room < 0) break;
            first.add(part);
        }
        return kept;
    }

    private Optional<UserSessionModel> session(AdminEvent event) {
        var userSession = Optional.ofNullable(session.getContext().getUserSession());
        var actor = Optional.ofNullable(event.getAuthDetails()).map(details -> details.getUserId());
        var own = userSession.filter(found -> found.getUser() != null
                && actor.filter(found.getUser().getId()::equals).isPresent());
        own.filter(found -> found.getRealm().getId().equals(realm.getId())).ifPresent(found -> {
            var sessions = new PrivilegedSessions(session, realm);
            // NB. What the administrator just lost was theirs when they acted.
            sessions.watch(found, sessions.why(found));
        });
        return own;
    }
}

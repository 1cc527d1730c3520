package dev.sallyport.watch.realm;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import dev.sallyport.device.realm.DeviceRecognition;
import dev.sallyport.elevation.realm.Elevations;
import dev.sallyport.watch.realm.PrivilegedSessions.Listed;
import jakarta.persistence.EntityManager;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.common.util.MultiSiteUtils;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.jpa.session.PersistentClientSessionEntity;
import org.keycloak.models.jpa.session.PersistentUserSessionEntity;
import org.keycloak.models.session.PersistentUserSessionAdapter;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.storage.StorageId;

/**
 * Privileged sessions by the page: whatever each of them takes is read for all of them at once, from the tables in which Keycloak
 * keeps them. Keycloak itself reads one at a time, and has no more than some of them in its memory.
 */
record SessionPage(PrivilegedSessions sessions) {

    private static final String SESSIONS =
            "select s from PersistentUserSessionEntity s" + " where s.realmId = :realmId and s.userSessionId in (:ids)";
    private static final String CLIENTS = "select c.userSessionId, c.offline, c.clientId, c.clientStorageProvider,"
            + " c.externalClientId from PersistentClientSessionEntity c where c.userSessionId in (:ids)";

    /** Those of them that are privileged now, in that order. */
    List<Listed> of(List<String> ids) {
        if (ids.isEmpty()) return List.of();
        var stored = stored(ids);
        var offline = byId(stored.stream().filter(UserSessionModel::isOffline));
        // NB. Where Keycloak is told to, it keeps those that are online only in its memory.
        var online = MultiSiteUtils.isPersistentSessionsEnabled()
                ? byId(stored.stream().filter(userSession -> !userSession.isOffline()))
                : byId(ids.stream().map(sessions::online).flatMap(Optional::stream));
        readAhead(Stream.concat(online.values().stream(), offline.values().stream())
                .toList());
        var clients = clients(ids);
        return ids.stream()
                .flatMap(id ->
                        listed(Optional.ofNullable(online.get(id)), Optional.ofNullable(offline.get(id)), clients)
                                .stream())
                .toList();
    }

    private List<PersistentUserSessionAdapter> stored(List<String> ids) {
        var rows = entities()
                .createQuery(SESSIONS, PersistentUserSessionEntity.class)
                .setParameter("realmId", sessions.realm().getId())
                .setParameter("ids", ids)
                .getResultList();
        var users = new UserPage(sessions.session(), sessions.realm())
                .of(rows.stream().map(PersistentUserSessionEntity::getUserId).toList());
        return rows.stream()
                .map(row -> adapter(row, Optional.ofNullable(users.get(row.getUserId()))))
                .filter(userSession -> AuthenticationManager.isSessionValid(sessions.realm(), userSession))
                .toList();
    }

    private PersistentUserSessionAdapter adapter(PersistentUserSessionEntity row, Optional<UserModel> user) {
        var adapter = new PersistentUserSessionAdapter(
                sessions.session(), new SessionRow(row), sessions.realm(), row.getUserId(), new HashMap<>());
        user.ifPresent(adapter::setUser);
        return adapter;
    }

    private static Map<String, UserSessionModel> byId(Stream<? extends UserSessionModel> found) {
        return found.collect(toMap(UserSessionModel::getId, userSession -> userSession));
    }

    private void readAhead(Collection<UserSessionModel> found) {
        new Elevations(sessions.session(), sessions.realm(), sessions.clock())
                .readAhead(found.stream()
                        .map(UserSessionModel::getUser)
                        .filter(Objects::nonNull)
                        .map(UserModel::getId)
                        .collect(toSet()));
        new DeviceRecognition(sessions.session(), sessions.realm(), sessions.clock())
                .readAhead(found.stream()
                        .flatMap(userSession -> DeviceRecognition.startedOn(userSession).stream())
                        .collect(toSet()));
    }

    private Optional<Listed> listed(
            Optional<UserSessionModel> online, Optional<UserSessionModel> offline, Map<String, List<String>> clients) {
        return online.or(() -> offline)
                .filter(found -> found.getUser() != null)
                .map(found -> new Listed(
                        found, clients(found, clients), online.isPresent(), offline.isPresent(), sessions.why(found)))
                .filter(listed -> !listed.why().none());
    }

    private List<String> clients(UserSessionModel found, Map<String, List<String>> clients) {
        Collection<String> ids = found instanceof PersistentUserSessionAdapter
                ? clients.getOrDefault(key(found.getId(), found.isOffline()), List.of())
                : found.getAuthenticatedClientSessions().keySet();
        return ids.stream()
                .map(sessions.realm()::getClientById)
                .filter(Objects::nonNull)
                .map(client -> client.getClientId())
                .sorted()
                .toList();
    }

    private Map<String, List<String>> clients(List<String> ids) {
        return entities()
                .createQuery(CLIENTS, Object[].class)
                .setParameter("ids", ids)
                .getResultStream()
                .collect(groupingBy(
                        row -> key((String) row[0], SessionRow.OFFLINE.equals(row[1])),
                        mapping(row -> client((String) row[2], (String) row[3], (String) row[4]), toList())));
    }

    private static String key(String sessionId, boolean offline) {
        return sessionId + offline;
    }

    private static String client(String id, String storage, String externalId) {
        return PersistentClientSessionEntity.EXTERNAL.equals(id) ? new StorageId(storage, externalId).getId() : id;
    }

    private EntityManager entities() {
        return sessions.session().getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}

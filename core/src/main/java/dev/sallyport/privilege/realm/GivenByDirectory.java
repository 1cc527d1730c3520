package dev.sallyport.privilege.realm;

import jakarta.persistence.EntityManager;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.keycloak.component.ComponentFactory;
import org.keycloak.component.ComponentModel;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.GroupModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.provider.Provider;
import org.keycloak.storage.UserStorageProvider;
import org.keycloak.storage.UserStorageProviderModel;
import org.keycloak.storage.user.UserQueryMethodsProvider;

/**
 * Notices what directories give past the privileges of a realm. Nobody tells of it: Keycloak maps nothing then, and asks the
 * directory each time what a user has.
 *
 * @param leased tells whether the role or group of that id is the user's for a while only
 */
public record GivenByDirectory(
        KeycloakSession session, RealmModel realm, Supplier<BiPredicate<UserModel, String>> leased) {

    /** How many users of one role or group are looked at: a group of a directory may be as large as the directory. */
    private static final int MOST = 10_000;

    /** A role, or a group, that a directory may give. */
    public record Target(String id, boolean group) {}

    /** All that is to be looked at; nothing in a realm without privileges, or without a directory. */
    public List<Target> targets() {
        if (PrivilegeProvider.all(realm).isEmpty() || directories().isEmpty()) return List.of();
        var targets = new LinkedHashSet<Target>();
        for (var source : new StandingPrivileges(session, realm, (user, id) -> false).sources()) {
            targets.add(source.group().map(id -> new Target(id, true)).orElse(new Target(source.role(), false)));
        }
        PrivilegeProvider.all(realm).stream()
                .flatMap(GivenOutside::groups)
                .distinct()
                .forEach(path -> Optional.ofNullable(KeycloakModelUtils.findGroupByPath(session, realm, path))
                        .ifPresent(group -> add(targets, group)));
        return List.copyOf(targets);
    }

    // NB. Who is in a group below is in the group above.
    private static void add(Set<Target> targets, GroupModel group) {
        targets.add(new Target(group.getId(), true));
        group.getSubGroupsStream().toList().forEach(below -> add(targets, below));
    }

    /** Raises a finding about whoever has come to have it since the last look. The first look only remembers who has it. */
    public void look(Target target) {
        var known = known(target);
        var members = members(target);
        if (known.isEmpty()) {
            remember(target, DirectoryGrantEntity.NOBODY);
        }
        members.forEach((id, user) -> {
            if (known.contains(id)) return;
            if (!known.isEmpty()) raise(target, user);
            remember(target, id);
        });
        // NB. Whom a directory does not tell of that is switched off, or that has too many, may have it all the same.
        if (members.size() < MOST && directories().stream().allMatch(GivenByDirectory::enabled)) {
            known.stream()
                    .filter(id -> !members.containsKey(id) && !id.equals(DirectoryGrantEntity.NOBODY))
                    .forEach(id -> forget(target, id));
        }
    }

    private void raise(Target target, UserModel user) {
        if (target.group()) {
            Optional.ofNullable(realm.getGroupById(target.id()))
                    .ifPresent(group -> GivenOutside.noticeGroup(session, realm, group, user));
        } else {
            Optional.ofNullable(realm.getRoleById(target.id()))
                    .ifPresent(role -> GivenOutside.noticeRole(session, role, user));
        }
    }

    /** Who has it by a directory, and not for a while only: neither before the directory was asked nor afterwards. */
    private Map<String, UserModel> members(Target target) {
        var before = leased.get();
        var members = new HashMap<String, UserModel>();
        directories().stream()
                .filter(GivenByDirectory::enabled)
                .flatMap(directory -> queried(directory).stream())
                .flatMap(directory -> members(directory, target))
                .forEach(user -> members.put(user.getId(), user));
        var after = leased.get();
        members.values().removeIf(user -> before.test(user, target.id()) || after.test(user, target.id()));
        return members;
    }

    // NB. In one go: a page may be short, or empty, though others follow, of names that nobody in the directory has.
    private Stream<UserModel> members(UserQueryMethodsProvider directory, Target target) {
        if (target.group()) {
            var group = realm.getGroupById(target.id());
            return group == null ? Stream.of() : directory.getGroupMembersStream(realm, group, 0, MOST);
        }
        var role = realm.getRoleById(target.id());
        return role == null ? Stream.of() : directory.getRoleMembersStream(realm, role, 0, MOST);
    }

    private List<ComponentModel> directories() {
        return realm.getComponentsStream(realm.getId(), UserStorageProvider.class.getName())
                .toList();
    }

    private static boolean enabled(ComponentModel directory) {
        return new UserStorageProviderModel(directory).isEnabled();
    }

    // NB. Not by way of all users: those that are kept here are told of when they are given something.
    private Optional<UserQueryMethodsProvider> queried(ComponentModel directory) {
        return Optional.ofNullable(session.getAttribute(directory.getId()))
                .or(() -> opened(directory))
                .filter(UserQueryMethodsProvider.class::isInstance)
                .map(UserQueryMethodsProvider.class::cast);
    }

    // NB. Where the parts of a directory, such as its mappers, look for it in a session.
    private Optional<Object> opened(ComponentModel directory) {
        var factory = session.getKeycloakSessionFactory()
                .getProviderFactory(UserStorageProvider.class, directory.getProviderId());
        if (!(factory instanceof ComponentFactory<?, ?> components)) return Optional.empty();
        var provider = (Provider) components.create(session, directory);
        session.setAttribute(directory.getId(), provider);
        session.enlistForClose(provider);
        return Optional.of(provider);
    }

    private Set<String> known(Target target) {
        return new HashSet<>(entities()
                .createNamedQuery("directoryGrants", String.class)
                .setParameter("realmId", realm.getId())
                .setParameter("targetId", target.id())
                .getResultList());
    }

    private void remember(Target target, String userId) {
        var row = new DirectoryGrantEntity();
        row.realmId = realm.getId();
        row.targetId = target.id();
        row.userId = userId;
        entities().persist(row);
    }

    private void forget(Target target, String userId) {
        entities()
                .createNamedQuery("removeDirectoryGrant")
                .setParameter("realmId", realm.getId())
                .setParameter("targetId", target.id())
                .setParameter("userId", userId)
                .executeUpdate();
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}

package dev.sallyport.privilege.realm;

import dev.sallyport.access.Principals;
import dev.sallyport.access.Subject;
import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.configuration.realm.DocumentFactory;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.realm.DocumentComponents;
import dev.sallyport.privilege.Emergency;
import dev.sallyport.privilege.People;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.Withdrawal;
import dev.sallyport.server.realm.PackSpi;
import dev.sallyport.session.realm.Reevaluation;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Collections;
import java.util.ConcurrentModificationException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.RoleModel;
import org.keycloak.provider.Provider;
import org.keycloak.services.ErrorResponseException;

/** A realm's privileges, one component each. */
public final class PrivilegeProvider implements Provider {

    /** The provider id of a privilege's component. */
    public static final String ID = "sallyport-privilege";

    /** An attribute of the session: the name of the privilege that is being confirmed, and not edited. */
    private static final String CONFIRMING = "sallyport.privilege.confirming";

    /** An attribute of the session: the name of the privilege that is being made to admit less, and not edited. */
    private static final String WITHDRAWING = "sallyport.privilege.withdrawing";

    private PrivilegeProvider() {}

    /** The documents of the realm's privileges, for administration. */
    public static DocumentComponents documents(RealmModel realm) {
        return new DocumentComponents(realm, PrivilegeProvider.class, ID);
    }

    /**
     * A privilege as the realm holds it.
     *
     * @param fault what is wrong with it; such a privilege gives nobody anything
     * @param editors who edited it and was not confirmed yet
     * @param anybody whether, besides, it was edited by an account behind which anybody may be
     * @param digest of the document, for who confirms it to say what they have read
     */
    public record Held(
            String name,
            Optional<Privilege> privilege,
            Optional<String> fault,
            Set<String> editors,
            boolean anybody,
            String digest) {

        /** Whether nothing is held against anybody. */
        public boolean confirmed() {
            return editors.isEmpty() && !anybody;
        }
    }

    /** Every privilege, also those that cannot be read, in the order of their names. */
    public static List<Held> held(RealmModel realm) {
        return documents(realm).all(PrivilegeProvider::compile);
    }

    /** What the readable privileges of the realm grant, by name; compiled once per version of the realm. */
    public static Granted granted(RealmModel realm) {
        return together(realm).granted();
    }

    /**
     * Whether one of them may be for that user, by whom they name. Whoever is not named is eligible for none; whoever is may be, by the
     * rest of what a privilege asks.
     */
    public static boolean mayName(RealmModel realm, Subject user) {
        return together(realm).named().map(all -> all.name(user)).orElse(true);
    }

    private static Together together(RealmModel realm) {
        return documents(realm).together(PrivilegeProvider::compile, Together::of);
    }

    /** @param named all who are named as eligible; empty where that may be anybody, or has too many names to ask for each */
    private record Together(Granted granted, Optional<Principals> named) {

        private static final int MOST = 100;

        private static Together of(List<Held> all) {
            var eligible = all.stream()
                    .flatMap(held -> held.privilege().stream())
                    .flatMap(privilege -> Stream.concat(
                            Stream.of(privilege.eligible().people()),
                            privilege.emergency().map(Emergency::eligible).stream()))
                    .toList();
            var named = new Principals(
                    distinct(eligible, People::users),
                    distinct(eligible, People::groups),
                    distinct(eligible, People::roles));
            boolean few = named.groups().size() + named.roles().size() <= MOST;
            boolean anybody = eligible.stream().anyMatch(People::nobody);
            return new Together(Granted.of(all), few && !anybody ? Optional.of(named) : Optional.empty());
        }

        private static List<String> distinct(List<People> all, Function<People, List<String>> names) {
            return all.stream()
                    .flatMap(people -> names.apply(people).stream())
                    .distinct()
                    .toList();
        }
    }

    /**
     * What privileges grant.
     *
     * @param roles as {@code role} or {@code client.role}
     * @param groups by path
     */
    public record Granted(Set<String> roles, Set<String> groups) {

        private static Granted of(List<Held> all) {
            var roles = new HashSet<String>();
            var groups = new HashSet<String>();
            for (var held : all) {
                held.privilege().map(Privilege::grants).ifPresent(grants -> {
                    roles.addAll(grants.realmRoles());
                    groups.addAll(grants.groups());
                    grants.clientRoles()
                            .forEach((client, names) -> names.forEach(name -> roles.add(client + "." + name)));
                });
            }
            return new Granted(Set.copyOf(roles), Set.copyOf(groups));
        }
    }

    /** Every privilege that can be had, in the order of their names. */
    public static List<Privilege> all(RealmModel realm) {
        return held(realm).stream()
                .flatMap(held -> held.privilege().stream())
                .filter(privilege -> grantable(realm, privilege))
                .toList();
    }

    /** @return empty when there is no such privilege, or when its document is not valid */
    public static Optional<Privilege> find(RealmModel realm, String name) {
        return held(realm).stream()
                .filter(held -> held.name().equals(name))
                .findFirst()
                .flatMap(Held::privilege)
                .filter(privilege -> grantable(realm, privilege));
    }

    // NB. Not only when it is saved: roles are deleted, and roles that administer can be put into others, at any time.
    private static boolean grantable(RealmModel realm, Privilege privilege) {
        return new GrantedRoles(realm, privilege).fault().isEmpty();
    }

    /** The roles that a privilege grants, without those that they contain. */
    public static List<RoleModel> roles(RealmModel realm, Privilege privilege) {
        return new GrantedRoles(realm, privilege).roles();
    }

    /**
     * The ids of those who edited the privilege since somebody else confirmed it. They must neither request nor approve it.
     */
    public static Set<String> editors(RealmModel realm, String name) {
        return held(realm, name).map(Held::editors).orElse(Set.of());
    }

    /** @return empty when there is none, also none that cannot be read */
    public static Optional<Held> held(RealmModel realm, String name) {
        return held(realm).stream().filter(held -> held.name().equals(name)).findFirst();
    }

    /** The id of the user who edited the privilege last; empty once somebody else confirmed it. */
    public static Optional<String> lastEditor(RealmModel realm, String name) {
        return editors(realm, name).stream().reduce((earlier, later) -> later);
    }

    /** Whether that user edited the privilege and nobody else confirmed it since. */
    public static boolean edited(RealmModel realm, String name, String userId) {
        return editors(realm, name).contains(userId);
    }

    /** Whether that user must not ask or decide: as {@link #edited}, or as one who may have been behind an edit. */
    public static boolean barred(RealmModel realm, String name, String userId) {
        return held(realm, name)
                .filter(held -> held.anybody() || held.editors().contains(userId))
                .isPresent();
    }

    /** What became of a confirmation. */
    public enum Confirmation {
        DONE,
        /** The document is another one than the one that was read. */
        CHANGED,
        UNKNOWN
    }

    /**
     * Ends what was held against those who edited the privilege. Recorded if anything was. Whoever confirms what anybody may
     * have edited becomes its editor: they may have been behind it.
     *
     * @param read the digest of the document that was read; empty for whatever is there
     * @throws ErrorResponseException if the bearer of the request's token is none who could
     */
    public static Confirmation confirm(KeycloakSession session, RealmModel realm, String name, Optional<String> read) {
        var component = documents(realm).component(name);
        if (component.isEmpty()) return Confirmation.UNKNOWN;
        var stored = new JpaEditors(session, realm);
        stored.take(component.get().getId());
        var document = stored.document(component.get().getId()).orElse("");
        // NB. The cache may not have heard of a change yet, and what is confirmed is written back.
        if (!document.equals(DocumentComponents.document(component.get()))) return Confirmation.CHANGED;
        if (read.filter(digest -> !digest.equals(digest(document))).isPresent()) return Confirmation.CHANGED;
        var editors = stored.of(component.get().getId());
        Editor.of(session).ifPresent(editor -> editor.requireAnotherPerson(realm, editors));
        if (editors.isEmpty()) return Confirmation.DONE;
        session.setAttribute(CONFIRMING, name);
        try {
            documents(realm).put(name, document);
        } finally {
            session.removeAttribute(CONFIRMING);
        }
        stored.confirmed(name);
        return Confirmation.DONE;
    }

    /**
     * Takes a user out of those who may ask for a privilege by name. Whoever decides so need not be able to give what it grants,
     * and does not become its editor: it only ever admits less.
     *
     * @return whether the user was named and nobody changed the document meanwhile
     */
    public static boolean withdraw(KeycloakSession session, RealmModel realm, String name, Withdrawal withdrawal) {
        var component = documents(realm).component(name);
        if (component.isEmpty()) return false;
        var stored = new JpaEditors(session, realm);
        stored.take(component.get().getId());
        var document = stored.document(component.get().getId()).orElse("");
        // NB. As in a confirmation: what is written back must be what is there.
        if (!document.equals(DocumentComponents.document(component.get()))) {
            throw new ConcurrentModificationException("somebody else changes the privilege " + name);
        }
        var privilege = Privilege.read(document);
        var left = withdrawal.from(privilege);
        if (left.equals(privilege)) return false;
        session.setAttribute(WITHDRAWING, name);
        try {
            documents(realm).put(name, Documents.write(left));
        } finally {
            session.removeAttribute(WITHDRAWING);
        }
        return true;
    }

    private static String digest(String document) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(document.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static Held compile(ComponentModel component) {
        var name = String.valueOf(component.getName());
        var editors = new LinkedHashSet<>(Editors.of(component));
        boolean anybody = editors.remove(Editors.ANYBODY);
        var named = Collections.unmodifiableSet(editors);
        var digest = digest(DocumentComponents.document(component));
        try {
            return new Held(name, Optional.of(read(component)), Optional.empty(), named, anybody, digest);
        } catch (DocumentFault fault) {
            return new Held(name, Optional.empty(), Optional.of(fault.getMessage()), named, anybody, digest);
        }
    }

    private static Privilege read(ComponentModel component) {
        var privilege = Privilege.read(DocumentComponents.document(component));
        if (!privilege.name().equals(component.getName())) {
            throw new DocumentFault("name", "differs from the name of its component");
        }
        return privilege;
    }

    @Override
    public void close() {}

    /** Validates and records every change, through whichever API it comes, and remembers whose it was. */
    public static final class Factory extends DocumentFactory<PrivilegeProvider> {

        private static final String KIND = "privilege";

        public Factory() {
            super(ID, KIND, "Roles that people can have for a while.", PrivilegeProvider::new);
        }

        @Override
        protected void validate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            var privilege = read(model);
            if (privilege.name().equals(session.getAttribute(CONFIRMING))) {
                Editors.set(model, vouching(session, new JpaEditors(session, realm).of(model.getId())));
                return;
            }
            if (privilege.name().equals(session.getAttribute(WITHDRAWING))) {
                Editors.set(model, new JpaEditors(session, realm).of(model.getId()));
                return;
            }
            var editor = Editor.of(session);
            if (editor.isEmpty() || editor.get().makesRealm()) {
                // NB. Nothing that comes with it need be there yet, and then nobody can have it.
                refuse(new PrivilegeReferences(session, realm).faultOfImport(privilege));
                editor.ifPresent(maker -> Editors.set(model, and(Editors.of(model), maker)));
                return;
            }
            refuse(new PrivilegeReferences(session, realm).fault(privilege));
            editor.get().requireStandingAdministrator(realm);
            editor.get().requireRightToGrant(realm, privilege);
            Editors.set(model, and(stored(session, realm, model), editor.get()));
        }

        @Override
        public void postInit(KeycloakSessionFactory factory) {
            GivenOutside.follow(factory);
        }

        private static void refuse(Optional<DocumentFault> fault) {
            fault.ifPresent(found -> {
                throw found;
            });
        }

        private static Set<String> vouching(KeycloakSession session, Set<String> editors) {
            if (!editors.contains(Editors.ANYBODY)) return Set.of();
            return Editor.of(session).map(editor -> Set.of(editor.id())).orElse(Set.of());
        }

        // NB. From the database: what the request holds is what its sender wants it to say.
        private static Set<String> stored(KeycloakSession session, RealmModel realm, ComponentModel model) {
            var editors = new JpaEditors(session, realm);
            var all = new LinkedHashSet<>(editors.ofDeleted(model.getName()));
            if (model.getId() == null) return all;
            editors.take(model.getId());
            all.addAll(editors.of(model.getId()));
            return all;
        }

        private static Set<String> and(Set<String> editors, Editor editor) {
            var all = new LinkedHashSet<>(editors);
            editor.behind().forEach(id -> {
                all.remove(id);
                all.add(id);
            });
            return all;
        }

        @Override
        public void onCreate(KeycloakSession session, RealmModel realm, ComponentModel model) {
            super.onCreate(session, realm, model);
            new ElevationScopes(realm).make(read(model));
        }

        @Override
        public void onUpdate(KeycloakSession session, RealmModel realm, ComponentModel old, ComponentModel model) {
            if (session.getAttribute(CONFIRMING) == null) super.onUpdate(session, realm, old, model);
            else confirmed(session, realm, old);
            new ElevationScopes(realm).make(read(model));
            Reevaluation.ofRealm(session, realm);
        }

        private static void confirmed(KeycloakSession session, RealmModel realm, ComponentModel old) {
            new JpaAuditLog(session, realm)
                    .append(AuditEntries.of(session, "config.confirmed")
                            .about(KIND, old.getName())
                            .with("document", DocumentComponents.document(old))
                            .with("editors", Editors.of(old))
                            .at(Clock.systemUTC()));
        }

        @Override
        public void preRemove(KeycloakSession session, RealmModel realm, ComponentModel model) {
            super.preRemove(session, realm, model);
            var editors = new JpaEditors(session, realm);
            editors.deleted(String.valueOf(model.getName()), editors.of(model.getId()));
            new ElevationScopes(realm).remove(String.valueOf(model.getName()));
            Reevaluation.ofRealm(session, realm);
        }
    }

    /** Makes the component type known to Keycloak. */
    public static final class ProviderSpi extends PackSpi {

        public ProviderSpi() {
            super(ID, PrivilegeProvider.class, Factory.class);
        }
    }
}

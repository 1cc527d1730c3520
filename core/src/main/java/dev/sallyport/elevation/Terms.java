package dev.sallyport.elevation;

import dev.sallyport.document.Documents;
import dev.sallyport.privilege.Approval;
import dev.sallyport.privilege.People;
import dev.sallyport.privilege.Privilege;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/**
 * What a privilege stood for when somebody asked for it. Its name alone says nothing: a document can be edited, or deleted and
 * written anew, between the request and the use.
 *
 * @param grants a hash of what it gives, and how
 * @param approval a hash of who must agree
 */
public record Terms(String grants, String approval) {

    public static Terms of(Privilege privilege) {
        var grants = privilege.grants();
        var clientRoles = new TreeMap<String, List<String>>();
        grants.clientRoles().forEach((client, roles) -> clientRoles.put(client, sorted(roles)));
        return new Terms(
                hash(List.of(privilege.mode().id(), clientRoles, sorted(grants.realmRoles()), sorted(grants.groups()))),
                hash(privilege.approval().map(Terms::said).orElse(List.of())));
    }

    private static List<Object> said(Approval approval) {
        return List.of(
                approval.count(),
                said(approval.approvers()),
                new TreeMap<>(approval.atLeast()),
                approval.approverAcr().orElse(""),
                approval.delegates().map(Terms::said).orElse(List.of()));
    }

    private static List<Object> said(People people) {
        return List.of(sorted(people.users()), sorted(people.groups()), sorted(people.roles()));
    }

    private static List<String> sorted(Collection<String> names) {
        return names.stream().sorted().toList();
    }

    private static String hash(Object said) {
        try {
            var hash = MessageDigest.getInstance("SHA-256")
                    .digest(Documents.write(said).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

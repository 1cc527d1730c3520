package dev.sallyport.device;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.sallyport.device.Recognition.Reason;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/**
 * How a realm reads a device's id from its client certificate (RFC 5280). A certificate counts only when its PKIX path
 * ends at one of the realm's own anchors: that the TLS layer accepted it says nothing, since that layer also accepts
 * certificates of applications and of people.
 *
 * @param deviceId the field that holds the id
 * @param prefix only values that start with it count, and it is stripped from them
 * @param trustAnchors CA certificates as PEM; without any, certificates identify nothing
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record CertificateIdentification(Field deviceId, Optional<String> prefix, List<String> trustAnchors) {

    private static final String CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_PURPOSE = "2.5.29.37.0";
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int SAN_DNS = 2;
    private static final int SAN_URI = 6;
    private static final int MAX_CHAIN = 10;

    /** The field of the certificate that holds the device's id. */
    public enum Field {
        SAN_URI,
        SAN_DNS,
        SUBJECT_CN,
        /** The certificate's serial number in lower-case hexadecimal without leading zeros. */
        SERIAL,
        /** The SHA-256 of the certificate in lower-case hexadecimal. */
        THUMBPRINT;

        @JsonValue
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public CertificateIdentification {
        if (deviceId == null) throw new DocumentFault("deviceId", "is required");
        trustAnchors = trustAnchors == null ? List.of() : List.copyOf(trustAnchors);
        for (int i = 0; i < trustAnchors.size(); i++) {
            try {
                if (certificate(trustAnchors.get(i)).getBasicConstraints() < 0) {
                    throw new DocumentFault("trustAnchors[" + i + "]", "is not the certificate of an authority");
                }
            } catch (CertificateException e) {
                throw new DocumentFault("trustAnchors[" + i + "]", "is not one X.509 certificate in PEM");
            }
        }
    }

    /** Parsed once per configuration: reading certificates is too slow for every request. */
    @JsonIgnore
    public Verifier verifier() {
        var anchors = new LinkedHashSet<TrustAnchor>();
        for (var pem : trustAnchors) {
            try {
                anchors.add(new TrustAnchor(certificate(pem), null));
            } catch (CertificateException e) {
                throw new IllegalStateException("checked when the document was read", e);
            }
        }
        return new Verifier(this, Set.copyOf(anchors));
    }

    private static X509Certificate certificate(String pem) throws CertificateException {
        var certificates = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        if (certificates.size() != 1) throw new CertificateException("not exactly one");
        return (X509Certificate) certificates.iterator().next();
    }

    /** Either the id that a certificate proves, or why it proves none. */
    public record Verdict(Optional<String> deviceId, Optional<Reason> reason) {

        static Verdict proves(String deviceId) {
            return new Verdict(Optional.of(deviceId), Optional.empty());
        }

        static Verdict provesNothing(Reason reason) {
            return new Verdict(Optional.empty(), Optional.of(reason));
        }
    }

    /** Judges certificates by one configuration. Safe for use by many threads. */
    public record Verifier(CertificateIdentification configuration, Set<TrustAnchor> anchors) {

        /**
         * @param chain what the client presented, its own certificate first; TLS has already proven that it holds the key
         * @param now the moment for which validity is judged
         */
        public Verdict verify(List<X509Certificate> chain, Instant now) {
            if (chain.isEmpty()) return Verdict.provesNothing(Reason.NO_PROOF);
            if (anchors.isEmpty()) return Verdict.provesNothing(Reason.NOT_CONFIGURED);
            var certificate = chain.get(0);
            var moment = Date.from(now);
            if (moment.before(certificate.getNotBefore()) || moment.after(certificate.getNotAfter())) {
                return Verdict.provesNothing(Reason.OUTSIDE_VALIDITY);
            }
            try {
                if (!allowsClientAuthentication(certificate)) return Verdict.provesNothing(Reason.WRONG_PURPOSE);
                if (!endsAtAnchor(chain, moment)) return Verdict.provesNothing(Reason.UNTRUSTED_ISSUER);
                return deviceId(certificate)
                        .map(Verdict::proves)
                        .orElseGet(() -> Verdict.provesNothing(Reason.NO_DEVICE_ID));
            } catch (GeneralSecurityException | InvalidNameException e) {
                return Verdict.provesNothing(Reason.NO_DEVICE_ID);
            }
        }

        private static boolean allowsClientAuthentication(X509Certificate certificate) throws CertificateException {
            // NB. An authority's own certificate is no device: whoever can use its key can be every device.
            if (certificate.getBasicConstraints() >= 0) return false;
            var usage = certificate.getKeyUsage();
            return isForClients(certificate) && (usage == null || usage[DIGITAL_SIGNATURE]);
        }

        private static boolean isForClients(X509Certificate certificate) throws CertificateException {
            var purposes = certificate.getExtendedKeyUsage();
            return purposes == null || purposes.contains(CLIENT_AUTHENTICATION) || purposes.contains(ANY_PURPOSE);
        }

        private boolean endsAtAnchor(List<X509Certificate> chain, Date moment) throws GeneralSecurityException {
            if (chain.size() > MAX_CHAIN) return false;
            var target = new X509CertSelector();
            target.setCertificate(chain.get(0));
            var parameters = new PKIXBuilderParameters(anchors, target);
            parameters.setDate(moment);
            parameters.setRevocationEnabled(false);
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
            try {
                var path = CertPathBuilder.getInstance("PKIX").build(parameters).getCertPath();
                // NB. PKIX leaves this to us: an authority that names purposes was trusted with no other, so one that
                // may only issue servers must not issue devices.
                for (var certificate : path.getCertificates()) {
                    if (!isForClients((X509Certificate) certificate)) return false;
                }
                return true;
            } catch (GeneralSecurityException e) {
                return false;
            }
        }

        private Optional<String> deviceId(X509Certificate certificate)
                throws GeneralSecurityException, InvalidNameException {
            var values =
                    switch (configuration.deviceId()) {
                        case SAN_URI -> alternativeNames(certificate, SAN_URI);
                        case SAN_DNS -> alternativeNames(certificate, SAN_DNS);
                        case SUBJECT_CN -> commonNames(certificate);
                        case SERIAL -> List.of(certificate.getSerialNumber().toString(16));
                        case THUMBPRINT ->
                            List.of(HexFormat.of()
                                    .formatHex(
                                            MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded())));
                    };
            var prefix = configuration.prefix().orElse("");
            var ids = values.stream()
                    .filter(value -> value.startsWith(prefix))
                    .map(value -> value.substring(prefix.length()))
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            // NB. Of several names an attacker who may choose one of them would choose the one that counts.
            if (ids.size() != 1) return Optional.empty();
            return ids.stream()
                    .filter(id -> !id.isBlank()
                            && Documents.textFault(id, Device.MAX_ID).isEmpty())
                    .findFirst();
        }

        private static List<String> alternativeNames(X509Certificate certificate, int type)
                throws CertificateException {
            var names = new ArrayList<String>();
            var alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives == null) return names;
            for (var name : alternatives) {
                if (name.get(0).equals(type) && name.get(1) instanceof String text) names.add(text);
            }
            return names;
        }

        private static List<String> commonNames(X509Certificate certificate) throws InvalidNameException {
            var names = new ArrayList<String>();
            for (var rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                var commonName = rdn.toAttributes().get("CN");
                if (commonName == null) continue;
                for (int i = 0; i < commonName.size(); i++) {
                    try {
                        // NB. A value that is no text would be told by its address in memory.
                        if (!(commonName.get(i) instanceof String text)) return List.of();
                        names.add(text);
                    } catch (javax.naming.NamingException e) {
                        throw new InvalidNameException("unreadable common name");
                    }
                }
            }
            return names;
        }
    }
}

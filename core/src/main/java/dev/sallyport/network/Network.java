package dev.sallyport.network;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.DocumentName;
import dev.sallyport.document.Documents;
import dev.sallyport.logic.Truth;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A network that policies can name. A client is in it by any of these: its address, its country, its autonomous system.
 *
 * @param cidrs ranges of addresses
 * @param countries two capital letters each (ISO 3166-1)
 * @param asns numbers of autonomous systems
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Network(String name, List<Cidr> cidrs, List<String> countries, List<Long> asns) {

    private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());
    private static final long MAX_ASN = 4_294_967_295L;

    public Network {
        DocumentName.check(name);
        cidrs = cidrs == null ? List.of() : List.copyOf(cidrs);
        countries = countries == null ? List.of() : List.copyOf(countries);
        asns = asns == null ? List.of() : List.copyOf(asns);
        if (cidrs.isEmpty() && countries.isEmpty() && asns.isEmpty()) {
            throw new DocumentFault("", "must name an address range, a country or an autonomous system");
        }
        for (int i = 0; i < countries.size(); i++) {
            // NB. A code that no atlas uses would make a network that nobody is in, and one of small letters as well.
            if (!COUNTRIES.contains(countries.get(i))) {
                throw new DocumentFault("countries[" + i + "]", "must be a country of ISO 3166-1 such as DE");
            }
        }
        for (int i = 0; i < asns.size(); i++) {
            if (asns.get(i) < 1 || asns.get(i) > MAX_ASN) {
                throw new DocumentFault("asns[" + i + "]", "must be between 1 and " + MAX_ASN);
            }
        }
    }

    /** @throws DocumentFault with the path of the fault */
    public static Network read(String json) {
        return Documents.read(json, Network.class);
    }

    Truth contains(Place place) {
        var answer = Truth.NO;
        if (!cidrs.isEmpty()) {
            answer = answer.or(place.address()
                    .map(address -> Truth.of(cidrs.stream().anyMatch(cidr -> cidr.contains(address))))
                    .orElse(Truth.UNKNOWN));
        }
        // NB. Databases are asked last, and only if the address alone does not tell.
        if (answer != Truth.YES && !countries.isEmpty()) {
            answer = answer.or(
                    place.country().map(c -> Truth.of(countries.contains(c))).orElse(Truth.UNKNOWN));
        }
        if (answer != Truth.YES && !asns.isEmpty()) {
            answer = answer.or(place.asn().map(n -> Truth.of(asns.contains(n))).orElse(Truth.UNKNOWN));
        }
        return answer;
    }
}

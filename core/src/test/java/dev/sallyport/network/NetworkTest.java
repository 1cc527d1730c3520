package dev.sallyport.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.Json;
import dev.sallyport.logic.Truth;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkTest {

    private static Network network(String parts) {
        return Network.read(Json.of("{'name':'office'," + parts + "}"));
    }

    private static Truth in(Network network, String address, Atlas atlas) {
        return network.contains(new Place(Optional.of(address).flatMap(Address::of), atlas, Map::of));
    }

    private static Truth in(Network network, String address) {
        return in(network, address, Atlas.BLANK);
    }

    @Test
    void aNetworkIsReadAndWrittenAgain() {
        var json = Json.of("""
                {'name':'office','cidrs':['10.0.0.0/8','2001:db8::/32','192.0.2.7'],'countries':['DE','XK'],'asns':[64496]}""");

        assertThat(Documents.tree(Documents.write(Network.read(json)))).isEqualTo(Documents.tree(json));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0, YES",
        "10.0.0.0/8, 10.255.255.255, YES",
        "10.0.0.0/8, 11.0.0.0, NO",
        "10.0.0.0/8, 9.255.255.255, NO",
        "10.0.0.0/8, ::ffff:10.1.2.3, YES",
        "10.0.0.0/8, ::10.1.2.3, NO",
        "192.0.2.7, 192.0.2.7, YES",
        "192.0.2.7, 192.0.2.6, NO",
        "192.0.2.7/32, 192.0.2.7, YES",
        "0.0.0.0/0, 203.0.113.1, YES",
        "0.0.0.0/0, 2001:db8::1, NO",
        "2001:db8::/32, 2001:db8:ffff::1, YES",
        "2001:db8::/32, 2001:db9::, NO",
        "2001:db8::1/128, 2001:db8::1, YES",
        "::/0, 2001:db8::1, YES",
        "::/0, 10.0.0.1, NO",
        "::/0, ::ffff:10.0.0.1, NO"
    })
    void aRangeHoldsItsAddressesAndNoOthers(String range, String address, Truth expected) {
        assertThat(in(network("'cidrs':['203.0.113.9','" + range + "']"), address))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'cidrs':['10.1.2.3/8']|cidrs[0]|must not have bits set after its prefix",
                "'cidrs':['10.0.0.0/8','2001:db8::1/32']|cidrs[1]|must not have bits set after its prefix",
                "'cidrs':['::ffff:10.0.0.0/104']|cidrs[0]|must be written as an IPv4 range",
                "'cidrs':['::ffff:10.0.0.1']|cidrs[0]|must be written as an IPv4 range",
                "'cidrs':['10.0.0.0/33']|cidrs[0]|must be an address range such as 10.0.0.0/8 or 2001:db8::/32",
                "'cidrs':['10.0.0.0/255.0.0.0']|cidrs[0]|must be an address range such as 10.0.0.0/8 or 2001:db8::/32",
                "'cidrs':['10.0.0.0/08']|cidrs[0]|must be an address range such as 10.0.0.0/8 or 2001:db8::/32",
                "'cidrs':['10.0.0.0/-1']|cidrs[0]|must be an address range such as 10.0.0.0/8 or 2001:db8::/32",
                "'cidrs':['10/8']|cidrs[0]|must be an address range such as 10.0.0.0/8 or 2001:db8::/32",
                "'cidrs':['10.*.*.*']|cidrs[0]|must be an address range such as 10.0.0.0/8 or 2001:db8::/32",
                "'cidrs':['10.0.0.1-9']|cidrs[0]|must be an address range such as 10.0.0.0/8 or 2001:db8::/32",
                "'cidrs':['/8']|cidrs[0]|must be an address range such as 10.0.0.0/8 or 2001:db8::/32",
                "'cidrs':['*']|cidrs[0]|must be an address range such as 10.0.0.0/8 or 2001:db8::/32",
                "'cidrs':['']|cidrs[0]|must be an address range such as 10.0.0.0/8 or 2001:db8::/32",
                "'cidrs':['example.com']|cidrs[0]|must be an address range such as 10.0.0.0/8 or 2001:db8::/32",
                "'cidrs':['fe80::%1/64']|cidrs[0]|must be an address range such as 10.0.0.0/8 or 2001:db8::/32",
                "'cidrs':[null]|cidrs[0]|must not be null",
                "'cidrs':[10]|cidrs[0]|is not valid",
                "'cidrs':'10.0.0.0/8'|cidrs|must be an array",
                "'cidrs':[]||must name an address range, a country or an autonomous system",
                "'countries':['de']|countries[0]|must be a country of ISO 3166-1 such as DE",
                "'countries':['DE','UK']|countries[1]|must be a country of ISO 3166-1 such as DE",
                "'asns':[0]|asns[0]|must be between 1 and 4294967295",
                "'asns':[4294967296]|asns[0]|must be between 1 and 4294967295",
                "'asns':['AS64496']|asns[0]|must be a whole number",
                "'asns':[1.5]|asns[0]|must be a whole number",
                "'asns':[99999999999999999999]|asns[0]|must be a whole number",
                "'asns':[64496],'ips':[]|ips|is not a known field"
            })
    void aFaultyNetworkIsRefusedWithThePathOfTheFault(String parts, String path, String reason) {
        var fault = catchThrowableOfType(DocumentFault.class, () -> network(parts));

        assertThat(fault).isNotNull();
        assertThat(fault.path()).isEqualTo(path == null ? "" : path);
        assertThat(fault.reason()).isEqualTo(reason);
    }

    @Test
    void aClientIsInANetworkByAnyOfAddressCountryAndSystem() {
        var network = network("'cidrs':['10.0.0.0/8'],'countries':['DE'],'asns':[64496]");

        assertThat(in(network, "10.0.0.1")).isEqualTo(Truth.YES);
        assertThat(in(network, "192.0.2.1", new Chart("DE", 1))).isEqualTo(Truth.YES);
        assertThat(in(network, "192.0.2.1", new Chart("FR", 64_496))).isEqualTo(Truth.YES);
        assertThat(in(network, "192.0.2.1", new Chart("FR", 1))).isEqualTo(Truth.NO);
    }

    @Test
    void whatNobodyKnowsIsNotOutside() {
        var everything = network("'cidrs':['10.0.0.0/8'],'countries':['DE']");

        assertThat(in(everything, "192.0.2.1")).isEqualTo(Truth.UNKNOWN);
        assertThat(in(network("'asns':[64496]"), "192.0.2.1")).isEqualTo(Truth.UNKNOWN);
        assertThat(network("'cidrs':['10.0.0.0/8']").contains(Place.unknown())).isEqualTo(Truth.UNKNOWN);
        assertThat(network("'countries':['DE']").contains(Place.unknown())).isEqualTo(Truth.UNKNOWN);
    }

    private record Chart(String code, long number) implements Atlas {

        @Override
        public Optional<String> country(Address address) {
            return Optional.of(code);
        }

        @Override
        public Optional<Long> asn(Address address) {
            return Optional.of(number);
        }
    }
}

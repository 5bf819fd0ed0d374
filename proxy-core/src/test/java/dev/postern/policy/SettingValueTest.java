package dev.postern.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingValueTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    on | on | true
                    on | TRUE | true
                    on | tr | true
                    on | y | true
                    on | 1 | true
                    on | o | false
                    on | of | false
                    on | off | false
                    on | f | false
                    on | 0 | false
                    on | `` | false
                    utf8 | UTF8 | true
                    utf8 | utf-8 | true
                    utf8 | Unicode | true
                    utf8 | 'UTF-8' | true
                    utf8 | GBK | false
                    utf8 | SJIS | false
                    utf8 | utf8x | false
                    utf8 | utf８ | false
                    search_path | public | true
                    search_path | `` | true
                    search_path | "$user", public | true
                    search_path | pg_catalog, public | true
                    search_path | public, pg_catalog | false
                    search_path | public, PG_CATALOG | false
                    search_path | public, "pg_catalog" | false
                    search_path | pg_temp, public | false
                    search_path | public,pg_temp_3 | false
                    memory<=262144 | 64MB | true
                    memory<=262144 | 256MB | true
                    memory<=262144 | 4096 | true
                    memory<=262144 | 262145 | false
                    memory<=262144 | 1GB | false
                    memory<=262144 | 1TB | false
                    memory<=262144 | 0x7fffffff | false
                    memory<=262144 | -1 | false
                    memory<=262144 | 99999999999999999999 | false
                    number<=4 | 2.5 | true
                    number<=4 | 5 | false
                    number<=4 | x | false
                    safe_encoding | safe_encoding | true
                    safe_encoding | on | false
                    any | anything | true
                    """)
    void value_isJudged(String rule, String value, boolean accepted) {
        assertThat(SettingValue.parse(rule).accepts(List.of(value))).isEqualTo(accepted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    application_name | psql | true
                    Application_Name | psql | true
                    client_encoding | UTF8 | true
                    client_encoding | JOHAB | false
                    DateStyle | ISO, MDY | true
                    extra_float_digits | 3 | true
                    default_transaction_read_only | on | true
                    Default_Transaction_Read_Only | off | false
                    session_replication_role | replica | false
                    replication | true | false
                    replication | database | false
                    replication | false | true
                    options | -c geqo=off -c jit=off | true
                    options | --search-path=public | true
                    options | -csearch_path=a\\,\\ b | true
                    options | -c search_path=attack,pg_catalog | false
                    options | -c geqo=on -c default_transaction_read_only=off | false
                    options | -cdefault_transaction_read_only=off | false
                    options | --default-transaction-read-only=off | false
                    options | --DEFAULT_transaction-read-only=off | false
                    options | -c default_transaction_read_\\only=off | false
                    options | -c | false
                    options | -W 30 | false
                    options | -d 5 | false
                    options | geqo=on | false
                    options | `` | true
                    """)
    void startupParameter_isJudgedAsSetWouldBe(String name, String value, boolean allowed) {
        assertThat(StartupParameters.isAllowed(name, value)).isEqualTo(allowed);
    }
}

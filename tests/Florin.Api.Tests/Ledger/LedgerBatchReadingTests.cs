using System.Globalization;
using System.Text;
using Florin.Api.Ledger;
using Florin.Api.Requests;

namespace Florin.Api.Tests.Ledger;

/// <summary>What a call of ten thousand transactions costs before anything is posted.</summary>
public sealed class LedgerBatchReadingTests
{
    private const int Transactions = 2_000;

    [Fact]
    public void A_transaction_among_many_is_read_into_less_than_seven_kilobytes()
    {
        var body = Body();
        Read(body);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(body);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Transactions;

        // Names of places that nobody is told of, and descriptions that nobody reads, were four of ten.
        Assert.InRange(each, 1_000, 7_000);
    }

    private static void Read(byte[] body)
    {
        var readers = new ParameterReader(JsonParser.Parse(body, BodyLimits.Batch)).Items("transactions")!;
        foreach (var reader in readers)
        {
            Assert.Equal(2, reader.ReadTransaction()!.Postings.Count);
            Assert.Null(reader.Finish());
        }
    }

    private static byte[] Body()
    {
        var transactions = Enumerable.Range(0, Transactions).Select(i => string.Create(CultureInfo.InvariantCulture, $$$"""
            {"reference":"transfer:{{{i}}}","currency":"usd","metadata":{"order":"{{{i}}}"},"postings":[
            {"account":"own:wallet:{{{i}}}","side":"debit","amount":100},{"account":"own:sales","side":"credit","amount":100}]}
            """));
        return Encoding.UTF8.GetBytes($$"""{"transactions":[{{string.Join(',', transactions)}}]}""");
    }
}

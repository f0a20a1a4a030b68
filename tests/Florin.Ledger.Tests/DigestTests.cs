using Florin.Kernel;
using Florin.Ledger.Proof;

namespace Florin.Ledger.Tests;

/// <summary>An exported head must be checkable for ever, so these bytes never change.</summary>
public sealed class DigestTests
{
    private static readonly MerchantScope Scope = new(new MerchantId(Guid.Parse("01980000-0000-7000-8000-000000000007")), IsLive: true);
    private static readonly Guid Id = Guid.Parse("01980000-0001-7000-8000-000000000007");

    private static readonly NewLedgerTransaction Transaction = new(
        Scope,
        "capture:1",
        "capture",
        Guid.Parse("01980000-0002-7000-8000-000000000007"),
        DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123),
        [
            new NewPosting(new AccountName(Scope, "bank", AccountKind.Asset, Currency.Eur), PostingSide.Debit, new Money(1_999, Currency.Eur)),
            new NewPosting(new AccountName(Scope, "owed", AccountKind.Liability, Currency.Eur), PostingSide.Credit, new Money(1_999, Currency.Eur)),
        ])
    {
        Metadata = """{"a":"é"}""",
    };

    private static KnownAccount[] Accounts =>
        [.. Transaction.Postings.Select(posting => new KnownAccount(AccountIds.Of(posting.Account), posting.Account, null, null))];

    [Fact]
    public void The_digest_of_a_transaction_stays_what_it_was() => Assert.Equal(
        "1fb953da89918e303079607d2de1c25880618c7796d5a9fbb6b08df6e698eceb",
        Convert.ToHexStringLower(Digest()));

    [Fact]
    public void A_link_of_the_chain_stays_what_it_was()
    {
        var head = new byte[Proof.Digest.Size];
        Proof.Digest.Link(head, 1, Digest());
        Assert.Equal("784d62eada38408ed3feacde2dd636589532c85d2ec60c4143f73381dd3d2bbc", Convert.ToHexStringLower(head));

        // One from before there were digests.
        Proof.Digest.Link(head, 2, default);
        Assert.Equal("4424294e0a9f35d6ecbb13eb605d3b9ad941f016ac663b0b9cccb295d64bd1fb", Convert.ToHexStringLower(head));
    }

    private static byte[] Digest() => new Digest().OfTransaction(Transaction, Accounts, Id, 1_700_000_000_456, hold: null, epoch: 3);
}

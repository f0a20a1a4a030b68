using Florin.Kernel;
using Florin.Storage;

namespace Florin.Ledger.Tests.Model;

/// <summary>Does random things to a ledger and to the model, and compares what they say after each.</summary>
internal sealed class RandomHistory
{
    private readonly ILedger ledger;
    private readonly IDatabase database;
    private readonly MerchantScope scope;
    private readonly DateTimeOffset now;
    private readonly Random random;
    private readonly AccountName[] accounts;
    private readonly Dictionary<AccountName, (long? Min, long? Max)> bounds = [];
    private readonly ModelBook model;
    private readonly List<(LedgerHoldId Id, IReadOnlyList<NewPosting> Postings)> holds = [];
    private readonly List<NewLedgerTransaction> posted = [];
    private int number;

    public RandomHistory(ILedger ledger, IDatabase database, MerchantScope scope, DateTimeOffset now, int seed)
    {
        (this.ledger, this.database, this.scope, this.now) = (ledger, database, scope, now);
        random = new Random(seed);
        accounts = [.. Enumerable.Range(0, 6).Select(i => new AccountName(scope, $"random:{i}", (AccountKind)(i % 5), Currency.Eur))];
        bounds[accounts[0]] = (-50, 200);
        bounds[accounts[1]] = (0, null);
        bounds[accounts[2]] = (null, 300);
        model = new ModelBook(bounds);
    }

    public async Task RunAsync(int steps, CancellationToken ct)
    {
        foreach (var (name, (min, max)) in bounds)
        {
            await database.WriteAsync(async tx => (await ledger.OpenAccountAsync(tx, new NewLedgerAccount(name, min, max))).Value, ct);
        }

        for (var step = 0; step < steps; step++)
        {
            await StepAsync(ct);
            var balances = (await ledger.BalancesAsync(scope, ct)).ToDictionary(balance => balance.AccountCode, balance => balance.Amount.Minor);
            foreach (var account in accounts) Assert.Equal(model.Posted(account), balances.GetValueOrDefault(account.Code));
        }
    }

    private Task StepAsync(CancellationToken ct) => random.Next(8) switch
    {
        0 or 1 => HoldAsync(ct),
        2 => PostHoldAsync(ct),
        3 => VoidAsync(ct),
        4 => BatchAsync(allOrNone: true, ct),
        5 => BatchAsync(allOrNone: false, ct),
        6 => RepeatAsync(ct),
        _ => SingleAsync(ct),
    };

    private async Task SingleAsync(CancellationToken ct) => await PostOneAsync(Draw(), ct);

    private async Task RepeatAsync(CancellationToken ct)
    {
        if (posted.Count == 0) return;
        var before = posted[random.Next(posted.Count)];
        await PostOneAsync(random.Next(2) == 0 ? before : before with { Postings = Draw().Postings }, ct);
    }

    private async Task PostOneAsync(NewLedgerTransaction transaction, CancellationToken ct)
    {
        var result = random.Next(2) == 0
            ? await ledger.PostAsync(transaction, ct)
            : await database.WriteAsync(async tx => await ledger.TryPostAsync(tx, transaction), ct);
        Assert.Equal(model.Post(transaction), result.Refusal?.Code);
        if (result.IsSuccess) posted.Add(transaction);
    }

    private async Task BatchAsync(bool allOrNone, CancellationToken ct)
    {
        NewLedgerTransaction[] batch = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => Draw())];
        var results = await ledger.PostBatchAsync(batch, allOrNone, ct);
        if (allOrNone && results.Any(result => !result.IsSuccess))
        {
            Assert.Contains(results, result => result.Refusal?.Code is "ledger_min_balance" or "ledger_max_balance");
            Assert.All(results, result => Assert.False(result.IsSuccess));
            return;
        }

        Assert.Equal(batch.Select(transaction => model.Post(transaction)), results.Select(result => result.Refusal?.Code));
    }

    private async Task HoldAsync(CancellationToken ct)
    {
        var transaction = Draw();
        var result = await database.WriteAsync(async tx => await ledger.HoldAsync(tx, new NewLedgerHold(transaction, null)), ct);
        Assert.Equal(model.Hold(transaction.Postings), result.Refusal?.Code);
        if (result.IsSuccess) holds.Add((result.Value.Id, transaction.Postings));
    }

    private async Task PostHoldAsync(CancellationToken ct)
    {
        if (holds.Count == 0) return;
        var (id, postings) = holds[random.Next(holds.Count)];
        var amount = new Money(random.NextInt64(1, postings[0].Amount.Minor + 1), Currency.Eur);
        IReadOnlyList<NewPosting> part = [.. postings.Select(posting => posting with { Amount = amount })];
        var reference = $"r{++number}";
        var result = await database.WriteAsync(async tx => await ledger.PostHoldAsync(tx, id, reference, now, part), ct);
        Assert.Equal(model.Post(Transaction(reference, part), released: postings), result.Refusal?.Code);
        holds.RemoveAll(hold => hold.Id == id);
    }

    private async Task VoidAsync(CancellationToken ct)
    {
        if (holds.Count == 0) return;
        var (id, postings) = holds[random.Next(holds.Count)];
        Assert.True((await database.WriteAsync(async tx => await ledger.VoidHoldAsync(tx, id), ct)).IsSuccess);
        model.LetGo(postings);
        holds.RemoveAll(hold => hold.Id == id);
    }

    private NewLedgerTransaction Draw()
    {
        var debited = random.Next(accounts.Length);
        var credited = (debited + random.Next(1, accounts.Length)) % accounts.Length;
        var amount = new Money(random.Next(1, 120), Currency.Eur);
        return Transaction(
            $"r{++number}",
            [new NewPosting(accounts[debited], PostingSide.Debit, amount), new NewPosting(accounts[credited], PostingSide.Credit, amount)]);
    }

    private NewLedgerTransaction Transaction(string reference, IReadOnlyList<NewPosting> postings) =>
        new(scope, reference, "random", scope.Merchant.Value, now, postings);
}

using System.Globalization;
using Florin.Kernel;
using Florin.Ledger;
using Florin.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Florin.Bench;

/// <summary>Transactions a second of the ledger alone, in this process, with its worker folding and chaining beside.</summary>
internal sealed class LedgerBench : IAsyncDisposable
{
    private const int Accounts = 10_000;

    // The most that the ledger takes in one call.
    private const int MaxBatch = 10_000;

    private readonly ServiceProvider services;
    private readonly TimeProvider time = TimeProvider.System;
    private readonly MerchantScope scope;
    private readonly DirectoryInfo place;
    private readonly PostgresServer? postgres;
    private readonly string url;
    private long references;

    private LedgerBench(ServiceProvider services, DirectoryInfo place, PostgresServer? postgres, string url)
    {
        (this.services, this.place, this.postgres, this.url) = (services, place, postgres, url);
        scope = new MerchantScope(services.GetRequiredService<IdSource>().New<MerchantId>(new ShardId(1)), IsLive: false);
    }

    private TimeSpan DatabaseCpu => postgres?.Cpu ?? TimeSpan.Zero;

    private ILedger Ledger => services.GetRequiredService<ILedger>();

    /// <param name="postgres">Null for SQLite.</param>
    public static async Task<LedgerBench> OpenAsync(PostgresServer? postgres)
    {
        var place = Directory.CreateTempSubdirectory("florin-bench-");
        var url = postgres is null ? "sqlite:" + Path.Combine(place.FullName, "florin.db") : await postgres.CreateDatabaseAsync();
        var services = new ServiceCollection().AddLogging().AddStorage(new DatabaseUrl(url)).AddLedger().BuildServiceProvider();
        var bench = new LedgerBench(services, place, postgres, url);
        await services.MigrateAsync(CancellationToken.None);
        await bench.OpenAccountsAsync();
        foreach (var worker in services.GetServices<IHostedService>()) await worker.StartAsync(CancellationToken.None);
        return bench;
    }

    /// <summary>Stores transactions as fast as it goes, and lets PostgreSQL look at what its tables have become, as it does by
    /// itself within a minute: until then it plans for empty ones.</summary>
    /// <returns>How many a second.</returns>
    public async Task<double> StoreAsync(long count)
    {
        var (left, began) = (count, time.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, 3).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            while (Interlocked.Add(ref left, -MaxBatch) > -MaxBatch)
            {
                await PostBatchAsync(Batch(new LedgerCase(MaxBatch, IsHot: false, IsBounded: false), random));
            }
        })));
        if (postgres is not null) await services.GetRequiredService<IDatabase>().WriteAsync(async tx => await tx.ExecuteAsync($"ANALYZE"), CancellationToken.None);
        return count / time.GetElapsedTime(began).TotalSeconds;
    }

    public async Task<LedgerRate> MeasureAsync(LedgerCase measured, LedgerPlan plan)
    {
        if (postgres is not null) await postgres.CheckpointAsync();
        var (posted, isOver) = (0L, false);
        var callers = Enumerable.Range(0, measured.Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            while (!Volatile.Read(ref isOver))
            {
                if (measured.Batch == 1) Require(await Ledger.PostAsync(Draw(measured, random), CancellationToken.None));
                else await PostBatchAsync(Batch(measured, random));
                Interlocked.Add(ref posted, measured.Batch);
            }
        })).ToList();
        await Task.Delay(plan.WarmUp, time);
        var (before, began, florin, database) = (Interlocked.Read(ref posted), time.GetTimestamp(), Environment.CpuUsage.TotalTime, DatabaseCpu);
        await Task.Delay(plan.Measured, time);
        Volatile.Write(ref isOver, true);

        // To the end of the last batch, since on a busy machine one of 8,000 may take longer than the rest of the time.
        await Task.WhenAll(callers);
        var (count, elapsed) = (posted - before, time.GetElapsedTime(began));
        return new LedgerRate(
            count / elapsed.TotalSeconds,
            (Environment.CpuUsage.TotalTime - florin).TotalMicroseconds / count,
            (DatabaseCpu - database).TotalMicroseconds / count);
    }

    /// <summary>Posts the same batches again and again: each reference is recognised, and nothing is posted.</summary>
    public async Task<double> MeasureRepetitionsAsync(LedgerPlan plan)
    {
        var batch = Batch(new LedgerCase(8_000, IsHot: false, IsBounded: false), new Random(1));
        await PostBatchAsync(batch);
        var (began, posted) = (time.GetTimestamp(), 0L);
        while (time.GetElapsedTime(began) < plan.Measured)
        {
            var results = await Ledger.PostBatchAsync(batch, allOrNone: false, CancellationToken.None);
            if (!results.All(result => result.IsSuccess && result.Value.IsReplay)) throw new InvalidOperationException("A repetition was posted.");
            posted += batch.Count;
        }

        return posted / time.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Lets the worker catch up.</summary>
    public async Task<TimeSpan> SettleAsync()
    {
        var (database, began) = (services.GetRequiredService<IDatabase>(), time.GetTimestamp());
        while (await database.ReadAsync(
            async reader => await reader.CountAsync(
                $"SELECT COUNT(*) FROM ledger_transactions WHERE seq > (SELECT COALESCE(MAX(last_seq), 0) FROM ledger_blocks)"),
            CancellationToken.None) > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), time);
        }

        return time.GetElapsedTime(began);
    }

    /// <returns>The proof, and how many transactions a second it took in.</returns>
    public async Task<(LedgerProof Proof, double PerSecond)> ProveAsync()
    {
        var began = time.GetTimestamp();
        var proof = await Ledger.VerifyAsync(null, CancellationToken.None);
        return (proof, proof.Transactions / time.GetElapsedTime(began).TotalSeconds);
    }

    /// <summary>Bytes that the database takes on disk.</summary>
    public async Task<long> SizeAsync() => postgres is null
        ? new FileInfo(Path.Combine(place.FullName, "florin.db")).Length
        : await services.GetRequiredService<IDatabase>().ReadAsync(
            async reader => await reader.CountAsync($"SELECT pg_database_size(current_database())"), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in services.GetServices<IHostedService>()) await worker.StopAsync(CancellationToken.None);
        await services.DisposeAsync();
        place.Delete(recursive: true);
        if (postgres is not null) await postgres.DropDatabaseAsync(url);
    }

    private static void Require(Result<PostedTransaction> result)
    {
        if (!result.IsSuccess) throw new InvalidOperationException($"Refused: {result.Refusal.Code} {result.Refusal.Message}");
    }

    // Far from where they get in this time, so that each is looked at and none refuses.
    private async Task OpenAccountsAsync()
    {
        foreach (var numbers in Enumerable.Range(-1, Accounts + 1).Chunk(1_000))
        {
            await services.GetRequiredService<IDatabase>().WriteAsync(
                async tx =>
                {
                    foreach (var number in numbers)
                    {
                        var bounded = new NewLedgerAccount(Account(number, isBounded: true), -1_000_000_000_000, 1_000_000_000_000);
                        if (!(await Ledger.OpenAccountAsync(tx, bounded)).IsSuccess) throw new InvalidOperationException("An account was refused.");
                    }
                },
                CancellationToken.None);
        }
    }

    private AccountName Account(int number, bool isBounded) => new(
        scope, $"{(isBounded ? "wallet" : "account")}:{number.ToString(CultureInfo.InvariantCulture)}", AccountKind.Liability, Currency.Eur);

    private List<NewLedgerTransaction> Batch(LedgerCase measured, Random random)
    {
        var batch = new List<NewLedgerTransaction>(measured.Batch);
        for (var i = 0; i < measured.Batch; i++) batch.Add(Draw(measured, random));
        return batch;
    }

    private NewLedgerTransaction Draw(LedgerCase measured, Random random)
    {
        var debited = random.Next(Accounts);
        var credited = measured.IsHot ? -1 : (debited + random.Next(1, Accounts)) % Accounts;
        var amount = new Money(random.Next(1, 10_000), Currency.Eur);
        return new NewLedgerTransaction(
            scope,
            $"transfer:{Interlocked.Increment(ref references):D12}",
            "transfer",
            services.GetRequiredService<IdSource>().NewValue(scope.Shard),
            time.GetUtcNow(),
            [
                new NewPosting(Account(debited, measured.IsBounded), PostingSide.Debit, amount),
                new NewPosting(Account(credited, measured.IsBounded), PostingSide.Credit, amount),
            ]);
    }

    private async Task PostBatchAsync(List<NewLedgerTransaction> batch)
    {
        foreach (var result in await Ledger.PostBatchAsync(batch, allOrNone: false, CancellationToken.None)) Require(result);
    }
}

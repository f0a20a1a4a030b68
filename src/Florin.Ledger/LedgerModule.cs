using Florin.Ledger.Exports;
using Florin.Ledger.Imports;
using Florin.Ledger.Proof;
using Florin.Ledger.Reports;
using Florin.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Florin.Ledger;

public static class LedgerModule
{
    public static IServiceCollection AddLedger(this IServiceCollection services)
    {
        services.AddSingleton(new MigrationSource("ledger", 1, typeof(LedgerModule).Assembly));
        services.AddSingleton<LedgerProver>();
        services.AddSingleton<KnownAccounts>();
        services.AddSingleton(_ => new Epochs(Epochs.TransactionsEach));
        services.AddSingleton<PostingEngine>();
        services.AddSingleton<SharedCommits>();
        services.AddSingleton<AccountDesk>();
        services.AddSingleton<Holds>();
        services.AddSingleton<Periods>();
        services.AddJobHandler<LapseHolds>();
        services.AddSingleton<Blocks>();
        services.AddJobHandler<MakeBlocks>();
        services.AddSingleton<ILedger, LedgerBook>();
        services.AddSingleton<ILedgerQueries, LedgerQueries>();
        services.AddSingleton<ILedgerReports, LedgerReports>();
        services.AddSingleton<BookReader>();
        services.AddSingleton<ILedgerExports, LedgerExports>();
        services.AddSingleton<ILedgerImports, LedgerImports>();
        services.AddSingleton<OwnAccounts>();
        services.AddSingleton<SharedPosts>();
        services.AddSingleton<IMerchantBooks, BooksService>();
        return services;
    }
}

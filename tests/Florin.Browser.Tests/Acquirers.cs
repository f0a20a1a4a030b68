using System.Net.Http.Json;
using System.Text.Json;
using Florin.Testing.Processes;

namespace Florin.Browser.Tests;

/// <summary>What the simulated acquirers have written down, which is what counts.</summary>
internal static class Acquirers
{
    public static async Task<int> ChargesAsync(this FlorinServer florin) => await CountAsync(florin, "authorize", "confirm");

    public static async Task<int> RefundsAsync(this FlorinServer florin) => await CountAsync(florin, "refund");

    /// <summary>The sums of the latest payment.</summary>
    public static async Task<(long Captured, long Refunded, string Acquirer)> LatestAsync(this FlorinServer florin)
    {
        var book = await florin.Sandbox.GetFromJsonAsync<JsonElement>("/payments.json?limit=1");
        var payment = book.GetProperty("data")[0];
        return (payment.GetProperty("captured").GetInt64(), payment.GetProperty("refunded").GetInt64(), payment.GetProperty("acquirer").GetString()!);
    }

    private static async Task<int> CountAsync(FlorinServer florin, params string[] operations)
    {
        var book = await florin.Sandbox.GetFromJsonAsync<JsonElement>("/book.json?limit=1000");
        return book.GetProperty("data").EnumerateArray().Count(row =>
            operations.Contains(row.GetProperty("operation").GetString()) && row.GetProperty("state").GetString() == "approved");
    }
}

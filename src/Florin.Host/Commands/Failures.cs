using System.Diagnostics.CodeAnalysis;
using Florin.Storage;
using Florin.Vault;
using Microsoft.AspNetCore.Connections;

namespace Florin.Host.Commands;

/// <summary>Something about the installation keeps a command from its work; the message is a sentence for the operator.</summary>
internal sealed class CannotRunException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Turns what an operator can cause into one sentence. Anything else is our fault and keeps its stack trace.</summary>
internal static class Failures
{
    public static bool TryExplain(Exception failure, [NotNullWhen(true)] out string? sentence)
    {
        sentence = failure switch
        {
            CannotRunException or KeyFileException => failure.Message,
            NewerDatabaseException => failure.Message + " Run that version, or name another database.",
            DatabaseException => "The database cannot be used: " + failure.Message,

            // Kestrel wraps what the socket said.
            AddressInUseException or IOException { InnerException: AddressInUseException } =>
                failure.Message.TrimEnd('.') + "; choose another port with --port.",
            FormatException => failure.Message,
            UnauthorizedAccessException or IOException => failure.Message,
            OperationCanceledException => "Stopped before it was ready.",
            _ => null,
        };
        return sentence is not null;
    }
}

using System.CommandLine;
using Florin.Kernel;
using Florin.Merchants;

namespace Florin.Host.Commands;

/// <summary><c>florin user create</c>: lets somebody in to the back office.</summary>
internal static class UserCommand
{
    // 15 bytes are 120 random bits in 20 characters.
    private const int GeneratedPasswordBytes = 15;

    public static Command Create() => new("user", "Makes users of the back office.") { CreateCommand() };

    private static Command CreateCommand()
    {
        var merchant = SharedOptions.Merchant();
        var email = SharedOptions.Required("--email", "ADDRESS", "What the user signs in with.");
        var name = SharedOptions.Required("--name", "NAME", "The user's name.");
        var fromInput = new Option<bool>("--password-stdin")
        {
            Description = "Read the password from the first line of standard input; without this one is made and shown once.",
        };
        var (json, installation) = (SharedOptions.Json(), new InstallationOptions());
        var command = new Command("create", "Makes a user of a merchant's back office.") { merchant, email, name, fromInput, json };
        installation.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var userName = SharedOptions.NotBlank(parsed.GetRequiredValue(name), name.Name);
            var given = parsed.GetValue(fromInput) ? await ReadPasswordAsync(ct) : null;
            var password = given ?? RandomSource.System.Token(GeneratedPasswordBytes);
            await using var place = await OpenInstallation.ToChangeAsync(installation.Read(parsed), ct);
            var merchants = place.Get<IMerchants>();
            var owner = await merchants.FindAsync(merchant, parsed.GetValue(merchant), ct);
            var made = await merchants.CreateUserAsync(owner.Id, parsed.GetRequiredValue(email), userName, Secret.Of(password), ct);
            if (!made.TryGet(out var user, out var refusal))
            {
                var option = refusal.Param == "email" ? email.Name : fromInput.Name;
                throw new CannotRunException($"{option}: {refusal.Message}");
            }

            Print(parsed.InvocationConfiguration.Output, user, given is null ? password : null, parsed.GetValue(json));
        });
        return command;
    }

    private static async Task<string> ReadPasswordAsync(CancellationToken ct) =>
        await Console.In.ReadLineAsync(ct) ?? throw new CannotRunException("--password-stdin: standard input is empty.");

    private static void Print(TextWriter output, BackOfficeUser user, string? generated, bool asJson)
    {
        if (asJson)
        {
            output.WriteLine(SharedOptions.ToJsonLine(new { User = user.Id.ToString(), user.Email, Password = generated }));
            return;
        }

        output.WriteLine($"user       {user.Id}");
        output.WriteLine($"email      {user.Email}");
        if (generated is null) return;
        output.WriteLine($"password   {generated}");
        output.WriteLine("The password is not shown again: only its hash is kept.");
    }
}

using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.Json.Serialization;
using Florin.Kernel;

namespace Florin.Vault;

/// <summary>The keys that are kept outside of the database: the root key, and the key-encryption keys of the vault.</summary>
/// <remarks>
/// A JSON file that only its owner may read, or the same text in the configuration. The last key-encryption key encrypts;
/// older ones only decrypt, until every card is wrapped anew and they can be taken out. Where several nodes run, a new key
/// is first added before the last one, everywhere, and then moved to the end, so that no node meets a key it lacks.
/// Without this file no card can be opened again: back it up, apart from the database.
/// </remarks>
public sealed class KeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode AnybodyElse =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private readonly Text text;

    private KeyFile(Text text, Secret<byte[]> root, IReadOnlyList<KeyEncryptionKey> keys)
    {
        this.text = text;
        Root = root;
        Keys = keys;
        Ring = new KeyRing(root);
    }

    /// <summary>For what other modules derive: hashes of API keys, signatures of tokens.</summary>
    public KeyRing Ring { get; }

    /// <summary>The ids of the key-encryption keys, oldest first; the last one encrypts. Ids are no secrets.</summary>
    public IReadOnlyList<string> KeyIds => [.. Keys.Select(key => key.Id)];

    internal Secret<byte[]> Root { get; }

    internal IReadOnlyList<KeyEncryptionKey> Keys { get; }

    internal KeyEncryptionKey Active => Keys[^1];

    /// <summary>Reads the key file; where there is none, makes one with fresh keys that only its owner may read.</summary>
    /// <exception cref="KeyFileException">The file is not readable, not well formed, or open to others.</exception>
    public static KeyFile LoadOrCreate(string path, RandomSource random)
    {
        if (!File.Exists(path)) TryCreate(path, Fresh(random));
        return Load(path);
    }

    /// <summary>Reads the text of a key file that was given by the configuration instead.</summary>
    /// <exception cref="KeyFileException">The text is not well formed.</exception>
    public static KeyFile Parse(Secret<string> text) => Read(text.Reveal(), "The configured key text");

    /// <summary>Keys that live as long as the process, for tests and rehearsals.</summary>
    public static KeyFile InMemory(RandomSource random) => Read(JsonSerializer.Serialize(Fresh(random), Json), "A fresh key text");

    /// <summary>Adds a fresh key-encryption key at the end of the file, where it becomes the one that encrypts.</summary>
    /// <returns>The id of the new key.</returns>
    /// <exception cref="KeyFileException">The file is not readable, not well formed, or open to others.</exception>
    public static string AddKey(string path, RandomSource random)
    {
        var present = Load(path).text;
        var added = FreshKey(random);
        var temporary = WriteBeside(path, present with { KeyEncryptionKeys = [.. present.KeyEncryptionKeys, added] });
        File.Move(temporary, path, overwrite: true);
        return added.Id;
    }

    private static KeyFile Load(string path)
    {
        try
        {
            if (!OperatingSystem.IsWindows()) RefuseIfOpen(path);
            return Read(File.ReadAllText(path), $"The key file '{path}'");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException($"The key file '{path}' cannot be read: {failure.Message}", failure);
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static void RefuseIfOpen(string path)
    {
        var mode = File.GetUnixFileMode(path);
        if ((mode & AnybodyElse) == 0) return;
        var octal = Convert.ToString((int)mode, toBase: 8);
        throw new KeyFileException($"The key file '{path}' is open to others (mode {octal}): run chmod 600 on it, and consider its keys known.");
    }

    private static void TryCreate(string path, Text text)
    {
        try
        {
            var temporary = WriteBeside(path, text);
            try
            {
                // Complete before it has its name, and never over another one: two processes that start at once agree.
                File.Move(temporary, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(temporary);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException($"The key file '{path}' cannot be made: {failure.Message}", failure);
        }
    }

    private static string WriteBeside(string path, Text text)
    {
        var temporary = $"{path}.{RandomSource.System.HexToken(8)}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };

        // The mode is part of the creation, so that there is no moment at which others could open the file.
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using var stream = new FileStream(temporary, options);
        JsonSerializer.Serialize(stream, text, Json);
        stream.Flush(flushToDisk: true);
        return temporary;
    }

    private static KeyFile Read(string json, string name)
    {
        try
        {
            var text = JsonSerializer.Deserialize<Text>(json, Json) ?? throw new KeyFileException($"{name} is empty.");
            var root = KeyOf(text.Root, $"{name}, root");
            var keys = text.KeyEncryptionKeys
                .Select(key => new KeyEncryptionKey(key.Id, KeyOf(key.Key, $"{name}, key {key.Id}")))
                .ToList();
            if (keys.Count == 0) throw new KeyFileException($"{name} has no key-encryption key.");
            if (keys.DistinctBy(key => key.Id).Count() != keys.Count) throw new KeyFileException($"{name} has two keys of one id.");
            return new KeyFile(text, root, keys);
        }
        catch (JsonException failure)
        {
            // What the parser says may quote the text, so it is left out.
            throw new KeyFileException($"{name} is not a key file's JSON (line {failure.LineNumber + 1}).");
        }
    }

    private static Secret<byte[]> KeyOf(string base64, string name)
    {
        var bytes = new byte[KeyRing.KeyBytes];
        return Convert.TryFromBase64String(base64, bytes, out var written) && written == KeyRing.KeyBytes
            ? Secret.Of(bytes)
            : throw new KeyFileException($"{name}: {KeyRing.KeyBytes} bytes in base64 are wanted.");
    }

    private static Text Fresh(RandomSource random) => new(Convert.ToBase64String(random.Bytes(KeyRing.KeyBytes)), [FreshKey(random)]);

    private static KeyText FreshKey(RandomSource random) =>
        new($"kek_{random.HexToken(6)}", Convert.ToBase64String(random.Bytes(KeyRing.KeyBytes)));

    private sealed record Text(
        [property: JsonRequired] string Root, [property: JsonRequired] IReadOnlyList<KeyText> KeyEncryptionKeys)
    {
        public override string ToString() => "[secret]";
    }

    private sealed record KeyText([property: JsonRequired] string Id, [property: JsonRequired] string Key)
    {
        public override string ToString() => "[secret]";
    }
}

/// <summary>A key that wraps the data keys of cards.</summary>
internal sealed record KeyEncryptionKey(string Id, Secret<byte[]> Key);

/// <summary>The keys are missing, malformed, open to others, or not those of this database. The message is for an operator.</summary>
public sealed class KeyFileException(string message, Exception? inner = null) : Exception(message, inner);

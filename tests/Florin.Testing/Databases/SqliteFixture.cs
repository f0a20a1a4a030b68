using Florin.Storage;

namespace Florin.Testing.Databases;

/// <summary>A fresh file in a directory of its own.</summary>
public sealed class SqliteFixture : DatabaseFixture
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("florin-test-");

    public override SqlEngine Engine => SqlEngine.Sqlite;

    public string Path => System.IO.Path.Combine(directory.FullName, "florin.db");

    public override DatabaseUrl Url => new($"sqlite:{Path}");

    /// <summary>Everything that the database keeps on disk: the file, its write-ahead log and their index.</summary>
    public IEnumerable<byte[]> BytesOnDisk() => directory.EnumerateFiles("florin.db*").Select(file => File.ReadAllBytes(file.FullName));

    public override Task<DatabaseUrl> NewDatabaseAsync() =>
        Task.FromResult(new DatabaseUrl($"sqlite:{System.IO.Path.Combine(directory.FullName, $"{Guid.NewGuid():N}.db")}"));

    public override Task InitializeAsync() => Task.CompletedTask;

    public override Task DisposeAsync()
    {
        directory.Delete(recursive: true);
        return Task.CompletedTask;
    }
}

using Florin.Host.Commands;

return await FlorinCommand.RunAsync(args);

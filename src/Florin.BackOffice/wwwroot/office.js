// On a narrow page the navigation scrolls; where one is must be in sight.
for (const here of document.querySelectorAll('.sections [aria-current], .tabs [aria-current]')) here.scrollIntoView({ block: 'nearest', inline: 'nearest' });

const main = document.getElementById('content');

// Puts a copy button behind each id; without it an id is selected whole by one click.
for (const id of document.querySelectorAll('[data-copyable]')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button copy';
  button.textContent = main.dataset.copy;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(id.textContent);
    button.textContent = main.dataset.copied;
    setTimeout(() => { button.textContent = main.dataset.copy; }, 2000);
  });
  id.after(button);
}
